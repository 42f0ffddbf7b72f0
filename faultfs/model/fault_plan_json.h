// Fault plans as JSON.
//
//   auto plan = parse_fault_plan(R"({"rules": [{"name": "sync fails",
//       "when": {"op": "fsync", "path": "spool/**", "probability": 0.05, "from": "1s", "to": "3s"},
//       "effect": {"error": "EIO"}}]})");
//
//   rule    {"name": text, "when": WHEN, "effect": EFFECT,            names are unique in a plan
//            "continue": true or false}                               later rules are asked too; left out, as
//                                                                     the effect has it
//   WHEN    {"op": name or [name, ...],                               operations and groups of them
//            "path": glob, "path_regex": pattern,                     relative to the mount
//            "flags": ["O_APPEND", ...],                              how the file was opened: all of these
//            "offset": {"from": size, "to": size},                    the request touches a byte of it
//            "size": {"at_least": size, "at_most": size},
//            "caller": {"pid": id, "uid": id, "comm": name},          LIVE only
//            "probability": 0..1, "from": duration, "to": duration,
//            "nth": count, "every": count, "limit": count, "cooldown": duration, "per": "rule" or "path",
//            "after": name or {"rule": name, "times": count}}
//           every key may be left out: what the effect acts on, "**", everyone, 1, "0s", until healed,
//           no counting, "rule"
//   EFFECT  one of {"error": errno name}, {"error": {"errno": name, "unusual": true}}, {"latency": LATENCY},
//           {"hang": true}, {"hang": {"for": duration, "then": "go_on" or errno name}},
//           {"throttle": {"bandwidth": "10MiB/s", "iops": count, "burst": duration}},  one of the caps may be
//           left out
//           {"full": {"left": size, "inodes": count}},                one of the two may be left out
//           {"quota": {"uid": id, "left": size, "inodes": count}},    LIVE only
//           {"permission": "EACCES" or "EPERM"}, {"read_only": true},
//           {"replaced_by": "directory" or "file"},
//           {"corrupt": {"on": "read", "write" or "rest", "with": "bit_flips", "zeros" or "random",
//                        "count": 1..1000, "bytes": size,             "bytes" not for bit flips
//                        "restore": true}}                            not on read
//           {"short": {"bytes": size}}, {"short": {"fraction": 0..1}},
//           {"torn": {"keep": "prefix" or "sectors", "bytes": size,   "bytes" only of a prefix
//                     "answer": "success" or errno name}},
//           {"kill_caller": true}, {"kill_caller": {"signal": name}}, {"disconnect": true},     LIVE only
//           {"lost": true}, {"misdirected": true}, {"stale": true},
//           {"sync_failure": "ext4_ordered", "ext4_data", "xfs" or "btrfs"}
//   LATENCY duration, {"uniform": [duration, duration]},
//           {"lognormal": {"median": duration, "p99": duration, "max": duration}},
//           {"pareto": {"min": duration, "shape": number, "max": duration}},   "max" may be left out
//           {"samples": file or [duration, ...]}                      a file: read_samples() of
//           latency_json.h
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
  bool at_key = false;  // it is the key that is wrong, not its value
};
template <class T>
using PlanResult = std::expected<T, PlanError>;

// `pointer` is where the value stands in its document; errors point below it.
PlanResult<Rule> rule_from_json(const nlohmann::json& value, const std::string& pointer = "");
PlanResult<std::vector<Rule>> rules_from_json(const nlohmann::json& array, const std::string& pointer = "");
// What rules say of each other: `after` names a rule of the same list, none waits for itself, and no more of
// them limit room than can be counted. The
// functions for whole lists and plans ask it themselves.
PlanResult<void> check_order(const std::vector<Rule>& rules, const std::string& pointer = "");
PlanResult<FaultPlan> plan_from_json(const nlohmann::json& value, const std::string& pointer = "");

nlohmann::json to_json(const Rule& rule);
nlohmann::json to_json(const FaultPlan& plan);

// From and to text; comments are allowed. Errors are Code::invalid.
Result<FaultPlan> parse_fault_plan(std::string_view text);
std::string print_fault_plan(const FaultPlan& plan);

}  // namespace holdfast::faultfs
