// The standard headers that nearly every file parses, precompiled once per build. Files include what
// they use all the same: tools/check_headers.py compiles headers without this.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
