// Fault plans as JSON.
//
//   auto plan = parse_fault_plan(R"({"rules": [{"name": "sync fails",
//       "when": {"op": "fsync", "path": "spool/**", "probability": 0.05, "from": "1s", "to": "3s"},
//       "effect": {"error": "EIO"}}]})");
//
//   rule    {"name": text, "when": WHEN, "effect": EFFECT}            names are unique in a plan
//   WHEN    {"op": name or [name, ...], "path": glob, "probability": 0..1, "from": duration, "to": duration,
//            "nth": count, "every": count, "limit": count}
//           every key may be left out: what the effect acts on, "**", 1, "0s", until healed, no counting
//   EFFECT  one of {"error": errno name}, {"latency": duration}, {"hang": true},
//           {"full": {"left": size, "inodes": count}},                one of the two may be left out
//           {"permission": "EACCES" or "EPERM"}, {"read_only": true},
//           {"replaced_by": "directory" or "file"},
//           {"corrupt": {"on": "read", "write" or "rest", "with": "bit_flips", "zeros" or "random",
//                        "count": 1..1000, "bytes": size}}            "bytes" not for bit flips
//
// Some effects are what they are for a whole volume, a path or a moment, so their WHEN has fewer keys;
// the error says which.
// Unknown keys are errors that name the allowed ones. A PlanError carries the JSON pointer of the
// offending value, so that a caller who knows lines and columns can show the place. Pure.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

struct [[nodiscard]] PlanError {
  std::string pointer;  // "/rules/0/effect/error"
  std::string message;
};
template <class T>
using PlanResult = std::expected<T, PlanError>;

// `pointer` is where the value stands in its document; errors point below it.
PlanResult<Rule> rule_from_json(const nlohmann::json& value, const std::string& pointer = "");
PlanResult<std::vector<Rule>> rules_from_json(const nlohmann::json& array, const std::string& pointer = "");
PlanResult<FaultPlan> plan_from_json(const nlohmann::json& value, const std::string& pointer = "");

nlohmann::json to_json(const Rule& rule);
nlohmann::json to_json(const FaultPlan& plan);

// From and to text; comments are allowed. Errors are Code::invalid.
Result<FaultPlan> parse_fault_plan(std::string_view text);
std::string print_fault_plan(const FaultPlan& plan);

}  // namespace holdfast::faultfs
