// The faults of an upstream by themselves, for `holdfast upstream --faults FILE`: an array of rules, as a
// phase of a scenario has them. Comments are allowed.
//
//   [ { "name": "drops", "when": { "probability": 0.1 }, "effect": { "reset": "request" } } ]
//
//   auto rules = load_upstream_rules("faults.json");
//
// Errors name every mistake at file:line:column. Blocks on the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "simulator/upstream/upstream_fault.h"

namespace holdfast::scenario {

Result<std::vector<upstream::UpstreamRule>> load_upstream_rules(const std::string& file);
Result<std::vector<upstream::UpstreamRule>> parse_upstream_rules(std::string_view text,
                                                                 const std::string& file);

}  // namespace holdfast::scenario
