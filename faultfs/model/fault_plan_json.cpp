#include "faultfs/model/fault_plan_json.h"

#include <algorithm>
#include <set>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/fault_effect_json.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kPlanKeys[] = {"rules"};
constexpr std::string_view kRuleKeys[] = {"name", "when", "effect"};
constexpr std::string_view kWhenKeys[] = {"op", "path", "probability", "from", "to", "nth", "every", "limit"};

constexpr std::size_t kMostRules = 1000;
constexpr std::size_t kLongestName = 200;
constexpr std::uint64_t kMostTurns = 1'000'000'000;

PlanResult<Operation> operation_of(const json& value, const std::string& pointer) {
  auto name = text_of(value, pointer, "an operation");
  if (!name) return std::unexpected(name.error());
  if (auto operation = operation_from(*name)) return *operation;
  std::vector<std::string_view> all;
  for (std::size_t i = 0; i < kOperationCount; ++i) all.push_back(to_string(static_cast<Operation>(i)));
  return wrong(pointer, "unknown operation \"" + *name + "\"" + allowed_names(*name, all));
}

PlanResult<std::vector<Operation>> operations_of(const json& value, const std::string& pointer) {
  std::vector<Operation> operations;
  if (!value.is_array()) {
    auto one = operation_of(value, pointer);
    if (!one) return std::unexpected(one.error());
    return std::vector{*one};
  }
  if (value.empty()) return wrong(pointer, "\"op\" must name at least one operation");
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto one = operation_of(value[i], below(pointer, i));
    if (!one) return std::unexpected(one.error());
    if (std::ranges::find(operations, *one) == operations.end()) operations.push_back(*one);
  }
  return operations;
}

PlanResult<std::string> glob_of(const json& value, const std::string& pointer) {
  auto glob = text_of(value, pointer, "\"path\"");
  if (!glob) return glob;
  if (glob->starts_with('/') || glob->ends_with('/')) {
    return wrong(pointer, "a path glob is relative to the mount: no '/' at its start or end");
  }
  return glob;
}

PlanResult<std::uint64_t> probability_of(const json& value, const std::string& pointer) {
  const double chance = value.is_number() ? value.get<double>() : -1.0;
  if (!(chance >= 0.0 && chance <= 1.0)) return wrong(pointer, "a probability is a number from 0 to 1");
  return static_cast<std::uint64_t>(chance * static_cast<double>(kCertain) + 0.5);
}

PlanResult<std::uint64_t> turn_of(const json& value, const std::string& pointer) {
  return count_of(value, pointer, 1, kMostTurns);
}

PlanResult<Trigger> trigger_of(const json& value, const std::string& pointer) {
  Trigger when;
  auto status = check_keys(value, pointer, "\"when\"", kWhenKeys);
  if (status) status = take(value, pointer, "op", when.operations, operations_of);
  if (status) status = take(value, pointer, "path", when.path, glob_of);
  if (status) status = take(value, pointer, "probability", when.probability, probability_of);
  if (status) status = take(value, pointer, "from", when.from, duration_of);
  if (status) status = take(value, pointer, "to", when.to, duration_of);
  if (status) status = take(value, pointer, "nth", when.nth, turn_of);
  if (status) status = take(value, pointer, "every", when.every, turn_of);
  if (status) status = take(value, pointer, "limit", when.limit, turn_of);
  if (!status) return std::unexpected(status.error());
  if (when.from >= when.to)
    return wrong(below(pointer, "to"), "the window ends before it begins: \"to\" must be after \"from\"");
  if (when.nth > 0 && when.every > 0)
    return wrong(below(pointer, "every"), "\"nth\" is one operation and \"every\" many; give one of them");
  return when;
}

// What the keys mean together.
PlanResult<void> check_rule(const json& value, const std::string& pointer, const Rule& rule) {
  const json when = value.value("when", json::object());
  const Scope scope = scope_of(rule.effect);
  for (const auto& [key, ignored] : when.items()) {
    if (scope.why.empty() || std::ranges::find(scope.keys, key) != scope.keys.end()) continue;
    return wrong(below(below(pointer, "when"), key),
                 std::string(scope.why) + "; its \"when\" may only have " + quoted_list(scope.keys));
  }
  if (rule.effect.replaced && !when.contains("path"))
    return wrong(pointer, "\"replaced_by\" needs the path that it happens to: \"when\": {\"path\": ...}");
  return {};
}

json to_json(const Trigger& when) {
  json value = json::object();
  json operations = json::array();
  for (auto operation : when.operations) operations.push_back(to_string(operation));
  if (operations.size() == 1) value["op"] = operations[0];
  if (operations.size() > 1) value["op"] = operations;
  if (when.path != "**") value["path"] = when.path;
  if (when.probability != kCertain) {
    value["probability"] = static_cast<double>(when.probability) / static_cast<double>(kCertain);
  }
  if (when.from.count() != 0) value["from"] = format_duration(when.from);
  if (when.to != Duration::max()) value["to"] = format_duration(when.to);
  if (when.nth > 0) value["nth"] = when.nth;
  if (when.every > 0) value["every"] = when.every;
  if (when.limit > 0) value["limit"] = when.limit;
  return value;
}

}  // namespace

PlanResult<Rule> rule_from_json(const json& value, const std::string& pointer) {
  Rule rule;
  auto status = check_keys(value, pointer, "a rule", kRuleKeys);
  if (!status) return std::unexpected(status.error());
  for (const auto* key : {"name", "effect"}) {
    if (!value.contains(key)) return wrong(pointer, "a rule needs \"" + std::string(key) + "\"");
  }
  status = take(value, pointer, "name", rule.name,
                [](const json& name, const std::string& at) { return text_of(name, at, "\"name\""); });
  if (status && (rule.name.empty() || rule.name.size() > kLongestName)) {
    status = wrong(below(pointer, "name"), "a rule's name has 1 to 200 bytes");
  }
  if (status) status = take(value, pointer, "when", rule.when, trigger_of);
  if (status) status = take(value, pointer, "effect", rule.effect, effect_from_json);
  if (status) status = check_rule(value, pointer, rule);
  if (!status) return std::unexpected(status.error());
  return rule;
}

PlanResult<std::vector<Rule>> rules_from_json(const json& array, const std::string& pointer) {
  if (!array.is_array()) return wrong(pointer, "rules are an array of objects");
  if (array.size() > kMostRules) return wrong(pointer, "a plan has at most 1000 rules");
  std::vector<Rule> rules;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < array.size(); ++i) {
    auto rule = rule_from_json(array[i], below(pointer, i));
    if (!rule) return std::unexpected(rule.error());
    if (!seen.insert(rule->name).second) {
      return wrong(below(below(pointer, i), "name"),
                   "two rules are named \"" + rule->name + "\"; names are unique");
    }
    rules.push_back(*std::move(rule));
  }
  return rules;
}

PlanResult<FaultPlan> plan_from_json(const json& value, const std::string& pointer) {
  auto status = check_keys(value, pointer, "a fault plan", kPlanKeys);
  if (!status) return std::unexpected(status.error());
  if (!value.contains("rules")) return wrong(pointer, "a fault plan needs \"rules\"");
  auto rules = rules_from_json(value.at("rules"), below(pointer, "rules"));
  if (!rules) return std::unexpected(rules.error());
  return FaultPlan{*std::move(rules)};
}

json to_json(const Rule& rule) {
  json value = {{"name", rule.name}, {"effect", to_json(rule.effect)}};
  if (auto when = to_json(rule.when); !when.empty()) value["when"] = std::move(when);
  return value;
}

json to_json(const FaultPlan& plan) {
  json rules = json::array();
  for (const auto& rule : plan.rules) rules.push_back(to_json(rule));
  return {{"rules", std::move(rules)}};
}

Result<FaultPlan> parse_fault_plan(std::string_view text) {
  try {
    auto plan = plan_from_json(json::parse(text, nullptr, true, true));
    if (plan) return *std::move(plan);
    const std::string place = plan.error().pointer.empty() ? "the plan" : plan.error().pointer;
    return fail(Code::invalid, place + ": " + plan.error().message);
  } catch (const json::parse_error& error) {
    const std::string_view what = error.what();  // begins with the library's own name for it in brackets
    return fail(Code::invalid, "the plan is not JSON: " + std::string(what.substr(what.find("] ") + 2)));
  }
}

std::string print_fault_plan(const FaultPlan& plan) {
  return to_json(plan).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::faultfs
