// What enumerate found, as JSON: docs/formats.md, "enumerate.json".
#pragma once

#include <string>
#include <vector>

#include "faultfs/trial/enumeration.h"

namespace holdfast::faultfs {

// `plans` names the file of each result's plan; empty where none was written. `not_run`: points without a
// result.
std::string print_enumeration(const std::vector<PointResult>& results, const std::vector<std::string>& plans,
                              std::size_t not_run);

}  // namespace holdfast::faultfs
