#include "faultfs/model/fault_trigger_json.h"

#include <algorithm>
#include <array>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/open_flags.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kWhenKeys[] = {"op",     "path",        "path_regex", "flags", "offset", "size",
                                          "caller", "probability", "from",       "to",    "nth",    "every",
                                          "limit",  "cooldown",    "per",        "after"};
constexpr std::array<std::string_view, 2> kOffsetKeys = {"from", "to"};
constexpr std::array<std::string_view, 2> kSizeKeys = {"at_least", "at_most"};
constexpr std::string_view kCallerKeys[] = {"pid", "uid", "comm"};
constexpr std::string_view kAfterKeys[] = {"rule", "times"};
constexpr std::string_view kCountings[] = {"rule", "path"};  // in the order of the enumeration

constexpr std::uint64_t kMostTurns = 1'000'000'000;
constexpr std::size_t kLongestComm = 15;

// One operation, or those of a group.
PlanResult<void> add_operations(const json& value, const std::string& pointer, std::vector<Operation>& all) {
  auto name = text_of(value, pointer, "an operation");
  if (!name) return std::unexpected(name.error());
  const auto add = [&](Operation operation) {
    if (std::ranges::find(all, operation) == all.end()) all.push_back(operation);
  };
  if (auto operation = operation_from(*name)) return add(*operation), PlanResult<void>{};
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < kOperationCount; ++i) known.push_back(to_string(static_cast<Operation>(i)));
  for (const auto& group : operation_groups()) {
    known.push_back(group.name);
    if (group.name != *name) continue;
    for (const auto operation : group.operations) add(operation);
    return {};
  }
  return wrong(pointer, "unknown operation \"" + *name + "\"" + allowed_names(*name, known));
}

PlanResult<std::vector<Operation>> operations_of(const json& value, const std::string& pointer) {
  std::vector<Operation> operations;
  PlanResult<void> status;
  if (!value.is_array()) status = add_operations(value, pointer, operations);
  if (value.is_array() && value.empty()) return wrong(pointer, "\"op\" must name at least one operation");
  for (std::size_t i = 0; status && value.is_array() && i < value.size(); ++i)
    status = add_operations(value[i], below(pointer, i), operations);
  if (!status) return std::unexpected(status.error());
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

PlanResult<Counting> counting_of(const json& value, const std::string& pointer) {
  auto chosen = choice_of(value, pointer, "\"per\"", kCountings);
  if (!chosen) return std::unexpected(chosen.error());
  return static_cast<Counting>(*chosen);
}

PlanResult<PathPattern> pattern_of(const json& value, const std::string& pointer) {
  auto text = text_of(value, pointer, "\"path_regex\"");
  if (!text) return std::unexpected(text.error());
  auto pattern = PathPattern::compile(*text);
  if (!pattern) return wrong(pointer, pattern.error().message);
  return *std::move(pattern);
}

PlanResult<OpenFlags> flags_of(const json& value, const std::string& pointer) {
  if (!value.is_array() || value.empty())
    return wrong(pointer, "\"flags\" is a list of open flags, like [\"O_WRONLY\", \"O_APPEND\"]");
  std::vector<std::string_view> names;
  for (const auto& flag : open_flags()) names.push_back(flag.name);
  OpenFlags flags;
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto chosen = choice_of(value[i], below(pointer, i), "an open flag", names);
    if (!chosen) return std::unexpected(chosen.error());
    const OpenFlag& flag = open_flags()[*chosen];
    if ((flags.value & flag.mask & flags.mask) != (flag.value & flags.mask))
      return wrong(below(pointer, i), "a file is opened either for reading, for writing or for both");
    flags.mask |= flag.mask;
    flags.value |= flag.value;
  }
  return flags;
}

// Two sizes under the keys of `what`, either of which may be left out.
PlanResult<void> take_sizes(const json& value, const std::string& pointer, std::string_view what,
                            const std::array<std::string_view, 2>& keys, std::uint64_t& least,
                            std::uint64_t& most) {
  auto status = check_keys(value, pointer, what, keys);
  if (status) status = take(value, pointer, keys[0], least, size_of);
  if (status) status = take(value, pointer, keys[1], most, size_of);
  return status;
}

PlanResult<OffsetRange> offset_of(const json& value, const std::string& pointer) {
  OffsetRange range;
  const auto status = take_sizes(value, pointer, "\"offset\"", kOffsetKeys, range.from, range.to);
  if (!status) return std::unexpected(status.error());
  if (range.from >= range.to) return wrong(pointer, "the range is empty: \"to\" must be after \"from\"");
  return range;
}

PlanResult<SizeRange> size_range_of(const json& value, const std::string& pointer) {
  SizeRange range;
  const auto status = take_sizes(value, pointer, "\"size\"", kSizeKeys, range.at_least, range.at_most);
  if (!status) return std::unexpected(status.error());
  if (range.at_least > range.at_most) return wrong(pointer, "no size is at least that and at most that");
  return range;
}

PlanResult<std::uint32_t> id_of(const json& value, const std::string& pointer) {
  auto id = count_of(value, pointer, 0, UINT32_MAX);
  if (!id) return std::unexpected(id.error());
  return static_cast<std::uint32_t>(*id);
}

// The kernel keeps 15 bytes of a program's name.
PlanResult<std::string> comm_of(const json& value, const std::string& pointer) {
  auto name = text_of(value, pointer, "\"comm\"");
  if (name && (name->empty() || name->size() > kLongestComm))
    return wrong(pointer,
                 "the kernel keeps 1 to 15 bytes of a program's name; found " + std::to_string(name->size()));
  return name;
}

PlanResult<CallerTrigger> caller_of(const json& value, const std::string& pointer) {
  CallerTrigger caller;
  auto status = check_keys(value, pointer, "\"caller\"", kCallerKeys);
  if (status) status = take(value, pointer, "pid", caller.pid, id_of);
  if (status) status = take(value, pointer, "uid", caller.uid, id_of);
  if (status) status = take(value, pointer, "comm", caller.comm, comm_of);
  if (!status) return std::unexpected(status.error());
  if (value.empty()) return wrong(pointer, "\"caller\" needs one of " + quoted_list(kCallerKeys));
  return caller;
}

PlanResult<After> after_of(const json& value, const std::string& pointer) {
  if (value.is_string()) return After{value.get<std::string>()};
  After after;
  auto status = check_keys(value, pointer, "\"after\" (or the name of a rule)", kAfterKeys);
  if (status && !value.contains("rule"))
    status = wrong(pointer, "\"after\" needs the name of a rule: \"rule\"");
  if (status)
    status = take(value, pointer, "rule", after.rule,
                  [](const json& name, const std::string& at) { return text_of(name, at, "\"rule\""); });
  if (status) status = take(value, pointer, "times", after.times, turn_of);
  if (!status) return std::unexpected(status.error());
  return after;
}

// What the keys mean together.
PlanResult<void> check(const std::string& pointer, const Trigger& when) {
  if (when.from >= when.to)
    return wrong(below(pointer, "to"), "the window ends before it begins: \"to\" must be after \"from\"");
  if (when.nth > 0 && when.every > 0)
    return wrong(below(pointer, "every"), "\"nth\" is one operation and \"every\" many; give one of them");
  return {};
}

json sizes_json(const std::array<std::string_view, 2>& keys, std::uint64_t least, std::uint64_t most) {
  json value = json::object();
  if (least > 0) value[std::string(keys[0])] = format_size(least);
  if (most != UINT64_MAX) value[std::string(keys[1])] = format_size(most);
  return value;
}
json to_json(const OffsetRange& range) { return sizes_json(kOffsetKeys, range.from, range.to); }
json to_json(const SizeRange& range) { return sizes_json(kSizeKeys, range.at_least, range.at_most); }

json to_json(const CallerTrigger& caller) {
  json value = json::object();
  if (caller.pid) value["pid"] = *caller.pid;
  if (caller.uid) value["uid"] = *caller.uid;
  if (caller.comm) value["comm"] = *caller.comm;
  return value;
}

}  // namespace

PlanResult<Trigger> trigger_from_json(const json& value, const std::string& pointer) {
  Trigger when;
  auto status = check_keys(value, pointer, "\"when\"", kWhenKeys);
  if (status) status = take(value, pointer, "op", when.operations, operations_of);
  if (status) status = take(value, pointer, "path", when.path, glob_of);
  if (status) status = take(value, pointer, "path_regex", when.path_regex, pattern_of);
  if (status) status = take(value, pointer, "flags", when.flags, flags_of);
  if (status) status = take(value, pointer, "offset", when.offset, offset_of);
  if (status) status = take(value, pointer, "size", when.size, size_range_of);
  if (status) status = take(value, pointer, "caller", when.caller, caller_of);
  if (status) status = take(value, pointer, "probability", when.probability, probability_of);
  if (status) status = take(value, pointer, "from", when.from, duration_of);
  if (status) status = take(value, pointer, "to", when.to, duration_of);
  if (status) status = take(value, pointer, "nth", when.nth, turn_of);
  if (status) status = take(value, pointer, "every", when.every, turn_of);
  if (status) status = take(value, pointer, "limit", when.limit, turn_of);
  if (status) status = take(value, pointer, "cooldown", when.cooldown, duration_of);
  if (status) status = take(value, pointer, "per", when.per, counting_of);
  if (status) status = take(value, pointer, "after", when.after, after_of);
  if (status) status = check(pointer, when);
  if (!status) return std::unexpected(status.error());
  return when;
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
  if (when.cooldown.count() > 0) value["cooldown"] = format_duration(when.cooldown);
  if (when.per != Counting::rule) value["per"] = kCountings[static_cast<std::size_t>(when.per)];
  if (when.path_regex) value["path_regex"] = when.path_regex->text();
  if (when.flags) value["flags"] = open_flag_names(*when.flags);
  if (when.offset) value["offset"] = to_json(*when.offset);
  if (when.size) value["size"] = to_json(*when.size);
  if (when.caller) value["caller"] = to_json(*when.caller);
  if (when.after) value["after"] = {{"rule", when.after->rule}, {"times", when.after->times}};
  return value;
}

Result<Trigger> trigger_of_words(std::string_view operations, const std::string& path) {
  json value = json::object();
  if (!path.empty()) value["path"] = path;
  while (!operations.empty()) {
    const std::string_view name = operations.substr(0, operations.find(','));
    operations.remove_prefix(std::min(name.size() + 1, operations.size()));
    value["op"].push_back(std::string(name));
  }
  auto when = trigger_from_json(value, "");
  if (!when) return fail(Code::invalid, when.error().message);
  return *std::move(when);
}

}  // namespace holdfast::faultfs
