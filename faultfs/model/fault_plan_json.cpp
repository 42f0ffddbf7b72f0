#include "faultfs/model/fault_plan_json.h"

#include <algorithm>
#include <set>

#include "core/base/nearest.h"
#include "faultfs/model/effects.h"
#include "faultfs/model/fault_effect_json.h"
#include "faultfs/model/fault_trigger_json.h"
#include "faultfs/model/plan_reader_json.h"
#include "faultfs/model/space_budget.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kPlanKeys[] = {"rules"};
constexpr std::string_view kRuleKeys[] = {"name", "when", "effect", "continue"};

constexpr std::size_t kMostRules = 1000;
constexpr std::size_t kLongestName = 200;

bool may_have_place(const Rule& rule) {
  for (std::size_t i = 0; i < kOperationCount; ++i)
    if (const auto operation = static_cast<Operation>(i); has_place(operation) && may_meet(rule, operation))
      return true;
  return false;
}

// What the operations that it names can meet.
PlanResult<void> check_operations(const std::string& pointer, const Rule& rule) {
  const auto at = below(below(pointer, "when"), "op");
  for (const Operation operation : rule.when.operations) {
    const std::string name(to_string(operation));
    const auto& error = rule.effect.error;
    if (error && !error->unusual && !may_answer(operation, error->error))
      return wrong(at, name + " does not answer " + errno_name(error->error) + " on Linux; it answers " +
                           quoted_list(answers_of(operation)) +
                           R"(; to inject it all the same: "error": {"errno": ..., "unusual": true})");
    if (const auto& hang = rule.effect.hang; hang && hang->then != 0 && !may_answer(operation, hang->then))
      return wrong(at, name + " does not answer " + errno_name(hang->then) + " on Linux; it answers " +
                           quoted_list(answers_of(operation)));
    if (rule.effect.shortens && !acts_on(rule.effect, {.operation = operation}))
      return wrong(at, "only read and write can be short; found " + name);
  }
  return {};
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
  if (rule.continues == true && rule.effect.answers())
    return wrong(below(pointer, "continue"),
                 "this effect answers the operation, so no later rule can act on it; leave \"continue\" out");
  if ((when.contains("offset") || when.contains("size")) && !may_have_place(rule))
    return wrong(pointer, "only reads, writes, allocations and copies have an \"offset\" and a \"size\"");
  if (when.contains("per") && !rule.when.counts() && !rule.effect.throttle)
    return wrong(
        below(below(pointer, "when"), "per"),
        "there is nothing to count; \"per\" goes with \"nth\", \"every\", \"limit\" or \"cooldown\", and "
        "with a \"throttle\"");
  if (auto status = check_operations(pointer, rule); !status) return status;
  if (rule.effect.replaced && !when.contains("path"))
    return wrong(pointer, "\"replaced_by\" needs the path that it happens to: \"when\": {\"path\": ...}");
  return {};
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
  if (status) status = take(value, pointer, "when", rule.when, trigger_from_json);
  if (status) status = take(value, pointer, "effect", rule.effect, effect_from_json);
  if (status) status = take(value, pointer, "continue", rule.continues, truth_of);
  if (status) status = check_rule(value, pointer, rule);
  if (!status) return std::unexpected(status.error());
  return rule;
}

namespace {

// Where the rule stands that `after` names, or why there is none. Following the names must come to an end.
PlanResult<void> check_after(const std::vector<Rule>& rules, std::size_t number, const std::string& pointer) {
  const auto place = below(below(below(pointer, number), "when"), "after");
  std::vector<std::string_view> names;
  for (const Rule& rule : rules) names.push_back(rule.name);
  std::size_t at = number;
  for (std::size_t steps = 0; rules[at].when.after; ++steps) {
    const std::string& name = rules[at].when.after->rule;
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      if (steps > 0) return {};  // told where it stands
      return wrong(place, "no rule is named \"" + name + "\"" + allowed_names(name, names));
    }
    at = static_cast<std::size_t>(found - names.begin());
    if (at == number || steps > rules.size())
      return wrong(place, "the rule waits for itself, so it can never fire");
  }
  return {};
}

}  // namespace

PlanResult<void> check_order(const std::vector<Rule>& rules, const std::string& pointer) {
  const auto limits =
      std::ranges::count_if(rules, [](const Rule& rule) { return rule.effect.full.has_value(); });
  if (static_cast<std::size_t>(limits) > SpaceBudget::kMostLimits)
    return wrong(pointer, "found " + std::to_string(limits) + " rules with \"full\" or \"quota\"; at most " +
                              std::to_string(SpaceBudget::kMostLimits) + " can be counted at once");
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (auto status = check_after(rules, i, pointer); !status) return status;
  return {};
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
  if (auto status = check_order(rules, pointer); !status) return std::unexpected(status.error());
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
  if (rule.continues) value["continue"] = *rule.continues;
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
