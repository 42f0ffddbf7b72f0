// Seeds as people write them: "7" or "1..20", at most as many as a scenario may publish.
#pragma once

#include <string>

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::cli {

// The error is a sentence about --seeds.
Result<scenario::SeedRange> parse_seeds(const std::string& text);

}  // namespace holdfast::cli
