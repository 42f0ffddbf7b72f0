#include "faultfs/model/fault_plan_json.h"

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/damage.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kPlanKeys[] = {"rules"};
constexpr std::string_view kRuleKeys[] = {"name", "when", "effect"};
constexpr std::string_view kWhenKeys[] = {"op", "path", "probability", "from", "to", "nth", "every", "limit"};
constexpr std::string_view kEffectKeys[] = {"full",       "error",     "latency",     "hang",
                                            "permission", "read_only", "replaced_by", "corrupt"};
constexpr std::string_view kFullKeys[] = {"left", "inodes"};
constexpr std::string_view kCorruptKeys[] = {"on", "with", "count", "bytes"};

constexpr std::size_t kMostRules = 1000;
constexpr std::size_t kLongestName = 200;
constexpr std::uint64_t kMostCount = 1'000'000'000;
constexpr std::uint64_t kMostDamage = 1000;                       // places in one operation or file
constexpr std::uint64_t kMostDamagedBytes = std::uint64_t{1} << 20;  // in one place

std::unexpected<PlanError> wrong(std::string pointer, std::string message) {
  return std::unexpected(PlanError{std::move(pointer), std::move(message)});
}

// "/rules/0" + "a/b" is "/rules/0/a~1b".
std::string below(const std::string& pointer, std::string_view key) {
  return pointer + "/" + json::json_pointer().operator/=(std::string(key)).to_string().substr(1);
}
std::string below(const std::string& pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

PlanResult<void> check_keys(const json& value, const std::string& pointer, std::string_view what,
                            std::span<const std::string_view> allowed) {
  if (!value.is_object()) {
    return wrong(pointer, std::string(what) + " must be an object with " + quoted_list(allowed));
  }
  for (const auto& [key, ignored] : value.items()) {
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    return wrong(below(pointer, key),
                 "unknown key \"" + key + "\" in " + std::string(what) + allowed_names(key, allowed));
  }
  return {};
}

PlanResult<std::string> text_of(const json& value, const std::string& pointer, std::string_view what) {
  if (!value.is_string()) return wrong(pointer, std::string(what) + " must be a string");
  return value.get<std::string>();
}

// A string that `parse` turns into a number with a unit.
template <class T>
PlanResult<T> with_unit(const json& value, const std::string& pointer, std::string_view what,
                        Result<T> (*parse)(std::string_view)) {
  auto text = text_of(value, pointer, what);
  if (!text) return wrong(pointer, text.error().message + " with a unit");
  auto parsed = parse(*text);
  if (!parsed) return wrong(pointer, parsed.error().message);
  return *parsed;
}

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

PlanResult<ErrorEffect> error_of(const json& value, const std::string& pointer) {
  auto name = text_of(value, pointer, "\"error\"");
  if (!name) return std::unexpected(name.error());
  if (*name == "ENOSYS") {
    return wrong(pointer, "ENOSYS is never injected: the kernel would remember it and never ask again");
  }
  if (auto error = errno_from(*name)) return ErrorEffect{*error};
  return wrong(pointer, "unknown error \"" + *name +
                            "\"; use the name of an errno such as \"EIO\", \"ENOSPC\", "
                            "\"EDQUOT\", \"EROFS\", \"EACCES\", \"EMFILE\"");
}

// Stores the value of `key`, if there is one, where it belongs.
template <class T, class Read>
PlanResult<void> take(const json& from, const std::string& pointer, const char* key, T& into, Read read) {
  const auto found = from.find(key);
  if (found == from.end()) return {};
  auto value = read(*found, below(pointer, key));
  if (!value) return std::unexpected(value.error());
  into = *std::move(value);
  return {};
}

PlanResult<Duration> duration_of(const json& value, const std::string& pointer) {
  return with_unit<Duration>(value, pointer, "a duration", parse_duration);
}

// A whole number from 1 (or 0) to a bound.
PlanResult<std::uint64_t> count_of(const json& value, const std::string& pointer, std::uint64_t least,
                                   std::uint64_t most) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() >= least && value.get<std::uint64_t>() <= most)
    return value.get<std::uint64_t>();
  return wrong(pointer, "found " + value.dump() + "; allowed: a whole number from " + std::to_string(least) +
                            " to " + std::to_string(most));
}

PlanResult<std::uint64_t> turn_of(const json& value, const std::string& pointer) {
  return count_of(value, pointer, 1, kMostCount);
}

PlanResult<std::uint64_t> size_of(const json& value, const std::string& pointer) {
  return with_unit<std::uint64_t>(value, pointer, "a size", parse_size);
}

// One of a few names, as its place in the list.
PlanResult<std::size_t> choice_of(const json& value, const std::string& pointer, std::string_view what,
                                  std::span<const std::string_view> names) {
  auto name = text_of(value, pointer, what);
  if (!name) return std::unexpected(name.error());
  const auto found = std::ranges::find(names, *name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return wrong(pointer, "found \"" + *name + "\"" + allowed_names(*name, names));
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

PlanResult<FullEffect> full_of(const json& value, const std::string& pointer) {
  if (auto status = check_keys(value, pointer, "\"full\"", kFullKeys); !status) {
    return std::unexpected(status.error());
  }
  FullEffect full;
  auto status = take(value, pointer, "left", full.left_bytes, size_of);
  if (status)
    status = take(value, pointer, "inodes", full.left_inodes,
                  [](const json& count, const std::string& at) { return count_of(count, at, 0, kMostCount); });
  if (!status) return std::unexpected(status.error());
  if (!full.left_bytes && !full.left_inodes)
    return wrong(pointer,
                 "\"full\" needs \"left\", the bytes still allocatable, like \"2MiB\", or \"inodes\", the files "
                 "that may still be made");
  return full;
}

PlanResult<LatencyEffect> latency_of(const json& value, const std::string& pointer) {
  auto delay = duration_of(value, pointer);
  if (!delay) return std::unexpected(delay.error());
  return LatencyEffect{*delay};
}

// What has no more to say than that it is so.
template <class Made>
PlanResult<Made> only_true(const json& value, const std::string& pointer) {
  if (value.is_boolean() && value.get<bool>()) return Made{};
  return wrong(pointer, "found " + value.dump() + "; allowed: true");
}

PlanResult<PermissionEffect> permission_of(const json& value, const std::string& pointer) {
  constexpr std::string_view kErrors[] = {"EACCES", "EPERM"};
  auto chosen = choice_of(value, pointer, "\"permission\"", kErrors);
  if (!chosen) return std::unexpected(chosen.error());
  return PermissionEffect{*chosen == 0 ? EACCES : EPERM};
}

PlanResult<ReplacedEffect> replaced_of(const json& value, const std::string& pointer) {
  auto chosen = choice_of(value, pointer, "\"replaced_by\"", kKindNames);
  if (!chosen) return std::unexpected(chosen.error());
  return ReplacedEffect{static_cast<Kind>(*chosen)};
}

PlanResult<CorruptEffect> corrupt_of(const json& value, const std::string& pointer) {
  if (auto status = check_keys(value, pointer, "\"corrupt\"", kCorruptKeys); !status) {
    return std::unexpected(status.error());
  }
  for (const auto* key : {"on", "with"}) {
    if (!value.contains(key))
      return wrong(pointer, "\"corrupt\" needs \"on\" (" + quoted_list(kCorruptMoments) + ") and \"with\" (" +
                                quoted_list(kCorruptKinds) + ")");
  }
  CorruptEffect corrupt;
  std::uint64_t count = corrupt.count;
  auto on = choice_of(value["on"], below(pointer, "on"), "\"on\"", kCorruptMoments);
  if (!on) return std::unexpected(on.error());
  auto with = choice_of(value["with"], below(pointer, "with"), "\"with\"", kCorruptKinds);
  if (!with) return std::unexpected(with.error());
  corrupt.when = static_cast<CorruptWhen>(*on);
  corrupt.kind = static_cast<CorruptKind>(*with);
  auto status = take(value, pointer, "count", count, [](const json& number, const std::string& at) {
    return count_of(number, at, 1, kMostDamage);
  });
  if (status) status = take(value, pointer, "bytes", corrupt.bytes, size_of);
  if (!status) return std::unexpected(status.error());
  corrupt.count = static_cast<std::uint32_t>(count);
  if (corrupt.kind == CorruptKind::bit_flips && value.contains("bytes"))
    return wrong(below(pointer, "bytes"), "a flipped bit has no length; say with \"count\" how many");
  if (corrupt.bytes == 0 || corrupt.bytes > kMostDamagedBytes)
    return wrong(below(pointer, "bytes"), "found 0B or more than 1MiB; allowed: \"1B\" to \"1MiB\"");
  return corrupt;
}

PlanResult<Effect> effect_of(const json& value, const std::string& pointer) {
  Effect effect;
  if (auto status = check_keys(value, pointer, "\"effect\"", kEffectKeys); !status) {
    return std::unexpected(status.error());
  }
  if (value.size() != 1) {
    return wrong(pointer,
                 "an effect is exactly one of " + quoted_list(kEffectKeys) + "; write one rule for each");
  }
  auto status = take(value, pointer, "full", effect.full, full_of);
  if (status) status = take(value, pointer, "error", effect.error, error_of);
  if (status) status = take(value, pointer, "latency", effect.latency, latency_of);
  if (status) status = take(value, pointer, "hang", effect.hang, only_true<HangEffect>);
  if (status) status = take(value, pointer, "permission", effect.permission, permission_of);
  if (status) status = take(value, pointer, "read_only", effect.read_only, only_true<ReadOnlyEffect>);
  if (status) status = take(value, pointer, "replaced_by", effect.replaced, replaced_of);
  if (status) status = take(value, pointer, "corrupt", effect.corrupt, corrupt_of);
  if (!status) return std::unexpected(status.error());
  return effect;
}

// What an effect leaves to say of when it happens, and why no more.
struct Scope {
  std::vector<std::string_view> keys;
  std::string_view why;
};

Scope scope_of(const Effect& effect) {
  if (effect.full) return {{"from", "to"}, "a full volume is full for every operation and path"};
  if (effect.read_only) return {{"path", "from", "to"}, "what is read-only refuses everything that modifies it"};
  if (effect.replaced)
    return {{"path", "from", "to"}, "what was replaced is another kind for every operation"};
  if (effect.at_rest())
    return {{"path", "probability", "from", "limit"},
            "damage at rest happens once, at \"from\", to files and not to operations"};
  if (effect.corrupt)
    return {{"path", "probability", "from", "to", "nth", "every", "limit"}, "\"on\" says the operation"};
  return {{std::begin(kWhenKeys), std::end(kWhenKeys)}, ""};
}

// What the keys mean together.
PlanResult<void> check_rule(const json& value, const std::string& pointer, const Rule& rule) {
  const json when = value.value("when", json::object());
  const Scope scope = scope_of(rule.effect);
  for (const auto& [key, ignored] : when.items()) {
    if (std::ranges::find(scope.keys, key) != scope.keys.end()) continue;
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

json to_json(const FullEffect& full) {
  json value = json::object();
  if (full.left_bytes) value["left"] = format_size(*full.left_bytes);
  if (full.left_inodes) value["inodes"] = *full.left_inodes;
  return value;
}

json to_json(const CorruptEffect& corrupt) {
  json value = {{"on", to_string(corrupt.when)}, {"with", to_string(corrupt.kind)}, {"count", corrupt.count}};
  if (corrupt.kind != CorruptKind::bit_flips) value["bytes"] = format_size(corrupt.bytes);
  return value;
}

json to_json(const Effect& effect) {
  if (effect.full) return {{"full", to_json(*effect.full)}};
  if (effect.error) return {{"error", errno_name(effect.error->error)}};
  if (effect.latency) return {{"latency", format_duration(effect.latency->delay)}};
  if (effect.hang) return {{"hang", true}};
  if (effect.permission) return {{"permission", errno_name(effect.permission->error)}};
  if (effect.read_only) return {{"read_only", true}};
  if (effect.replaced) return {{"replaced_by", kKindNames[static_cast<std::size_t>(effect.replaced->by)]}};
  if (effect.corrupt) return {{"corrupt", to_json(*effect.corrupt)}};
  return json::object();
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
  if (status) status = take(value, pointer, "effect", rule.effect, effect_of);
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
    return fail(Code::invalid, std::string("the plan is not JSON: ") + error.what());
  }
}

std::string print_fault_plan(const FaultPlan& plan) {
  return to_json(plan).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::faultfs
