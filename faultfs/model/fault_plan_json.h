// Fault plans as JSON.
//
//   auto plan = parse_fault_plan(R"({"rules": [{"name": "sync fails",
//       "when": {"op": "fsync", "path": "spool/**", "probability": 0.05, "from": "1s", "to": "3s"},
//       "effect": {"error": "EIO"}}]})");
//
//   rule    {"name": text, "when": WHEN, "effect": EFFECT}            names are unique in a plan
//   WHEN    {"op": name or [name, ...], "path": glob, "probability": 0..1, "from": duration, "to": duration}
//           every key may be left out: every operation, "**", 1, "0s", until healed
//   EFFECT  one of {"full": {"left": size}}, {"error": errno name}, {"latency": duration}
//
// A full volume is full for every operation and path, so its WHEN has only "from" and "to".
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
