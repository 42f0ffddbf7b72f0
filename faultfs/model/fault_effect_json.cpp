#include "faultfs/model/fault_effect_json.h"

#include <algorithm>
#include <cerrno>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/fault_delay_json.h"
#include "faultfs/model/latency_json.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kEffectKeys[] = {
    "full",       "quota",       "error",       "latency",    "throttle", "hang",
    "permission", "read_only",   "replaced_by", "corrupt",    "short",    "torn",
    "lost",       "misdirected", "kill_caller", "disconnect", "stale",    "sync_failure"};
constexpr std::string_view kErrorKeys[] = {"errno", "unusual"};
constexpr std::string_view kShortKeys[] = {"bytes", "fraction"};
constexpr std::string_view kTornKeys[] = {"keep", "bytes", "answer"};
constexpr std::uint64_t kMostTornBytes = std::uint64_t{1} << 30;
constexpr std::string_view kKillKeys[] = {"signal"};
constexpr std::string_view kQuotaKeys[] = {"uid", "left", "inodes"};
constexpr std::string_view kFullKeys[] = {"left", "inodes"};
constexpr std::string_view kCorruptKeys[] = {"on", "with", "count", "bytes", "restore"};

// Of a "when" whose effect says the operation.
const std::vector<std::string_view> kAllButOperation = {
    "path", "path_regex", "flags", "offset", "size",     "caller", "probability", "from",
    "to",   "nth",        "every", "limit",  "cooldown", "per",    "after"};

constexpr std::uint64_t kMostInodes = 1'000'000'000;
constexpr std::uint64_t kMostDamage = 1000;                          // places in one operation or file
constexpr std::uint64_t kMostDamagedBytes = std::uint64_t{1} << 20;  // in one place

// The name alone, or an object that may say "unusual" too.
PlanResult<ErrorEffect> error_of(const json& value, const std::string& pointer) {
  ErrorEffect effect;
  PlanResult<void> status;
  if (!value.is_object()) {
    auto error = errno_of(value, pointer);
    if (!error) return std::unexpected(error.error());
    return ErrorEffect{*error};
  }
  status = check_keys(value, pointer, "\"error\"", kErrorKeys);
  if (status && !value.contains("errno")) status = wrong(pointer, "\"error\" needs \"errno\", like \"EIO\"");
  if (status) status = take(value, pointer, "errno", effect.error, errno_of);
  if (status) status = take(value, pointer, "unusual", effect.unusual, truth_of);
  if (!status) return std::unexpected(status.error());
  return effect;
}

PlanResult<std::uint64_t> fraction_of(const json& value, const std::string& pointer) {
  const double share = value.is_number() ? value.get<double>() : -1.0;
  if (!(share > 0.0 && share < 1.0))
    return wrong(pointer, "a fraction lies between 0 and 1, without the two");
  return static_cast<std::uint64_t>(share * static_cast<double>(kCertain) + 0.5);
}

PlanResult<ShortEffect> short_of(const json& value, const std::string& pointer) {
  ShortEffect effect;
  auto status = check_keys(value, pointer, "\"short\"", kShortKeys);
  if (status) status = take(value, pointer, "bytes", effect.bytes, size_of);
  if (status) status = take(value, pointer, "fraction", effect.fraction, fraction_of);
  if (!status) return std::unexpected(status.error());
  if (effect.bytes.has_value() == effect.fraction.has_value())
    return wrong(pointer, "\"short\" is either \"bytes\", like \"100B\", or a \"fraction\", like 0.5");
  if (effect.bytes && *effect.bytes == 0)
    return wrong(below(pointer, "bytes"), "found 0B; a short read or write moves at least 1B");
  return effect;
}

PlanResult<int> answer_of_torn(const json& value, const std::string& pointer) {
  if (value == "success") return 0;
  auto error = errno_of(value, pointer);
  if (!error || may_answer(Operation::write, *error)) return error;
  return wrong(pointer, "a write does not answer " + errno_name(*error) +
                            "; it answers \"success\" or one of " +
                            quoted_list(answers_of(Operation::write)));
}

PlanResult<TornEffect> torn_of(const json& value, const std::string& pointer) {
  TornEffect effect;
  auto status = check_keys(value, pointer, "\"torn\"", kTornKeys);
  for (const auto* key : {"keep", "answer"})
    if (status && !value.contains(key))
      status = wrong(pointer, "\"torn\" needs \"keep\" (" + quoted_list(kTornKeeps) +
                                  ") and \"answer\" (\"success\" or an errno)");
  if (!status) return std::unexpected(status.error());
  auto keep = choice_of(value["keep"], below(pointer, "keep"), "\"keep\"", kTornKeeps);
  if (!keep) return std::unexpected(keep.error());
  effect.keep = static_cast<TornKeep>(*keep);
  status = take(value, pointer, "bytes", effect.bytes, size_of);
  if (status) status = take(value, pointer, "answer", effect.answer, answer_of_torn);
  if (!status) return std::unexpected(status.error());
  if (effect.bytes && effect.keep == TornKeep::sectors)
    return wrong(below(pointer, "bytes"),
                 "chosen sectors have no length in common; \"bytes\" goes with \"prefix\"");
  if (effect.bytes.value_or(0) > kMostTornBytes)
    return wrong(below(pointer, "bytes"), "found more than 1GiB; allowed: \"0B\" to \"1GiB\"");
  return effect;
}

// What `full` and `quota` have in common.
PlanResult<FullEffect> room_of(const json& value, const std::string& pointer, const std::string& what,
                               std::span<const std::string_view> keys) {
  FullEffect full;
  auto status = check_keys(value, pointer, what, keys);
  if (status) status = take(value, pointer, "left", full.left_bytes, size_of);
  if (status)
    status = take(value, pointer, "inodes", full.left_inodes, [](const json& count, const std::string& at) {
      return count_of(count, at, 0, kMostInodes);
    });
  if (!status) return std::unexpected(status.error());
  if (!full.left_bytes && !full.left_inodes)
    return wrong(pointer,
                 what +
                     " needs \"left\", the bytes still allocatable, like \"2MiB\", or \"inodes\", the files "
                     "that may still be made");
  return full;
}

PlanResult<FullEffect> full_of(const json& value, const std::string& pointer) {
  return room_of(value, pointer, "\"full\"", kFullKeys);
}

PlanResult<FullEffect> quota_of(const json& value, const std::string& pointer) {
  auto quota = room_of(value, pointer, "\"quota\"", kQuotaKeys);
  if (!quota) return quota;
  if (!value.contains("uid"))
    return wrong(pointer, "\"quota\" needs \"uid\", the user whose files it limits");
  std::uint64_t owner = 0;
  auto status = take(value, pointer, "uid", owner,
                     [](const json& uid, const std::string& at) { return count_of(uid, at, 0, UINT32_MAX); });
  if (!status) return std::unexpected(status.error());
  quota->owner = static_cast<std::uint32_t>(owner);
  return quota;
}

// What has no more to say than that it is so.
template <class Made>
PlanResult<Made> only_true(const json& value, const std::string& pointer) {
  if (value.is_boolean() && value.get<bool>()) return Made{};
  return wrong(pointer, "found " + value.dump() + "; allowed: true");
}

// True, or an object that names the signal.
PlanResult<KillEffect> kill_of(const json& value, const std::string& pointer) {
  if (value == true) return KillEffect{};
  if (auto status = check_keys(value, pointer, "\"kill_caller\" (or true)", kKillKeys); !status)
    return std::unexpected(status.error());
  if (!value.contains("signal"))
    return wrong(pointer, "\"kill_caller\" needs \"signal\"; SIGKILL: \"kill_caller\": true");
  std::vector<std::string_view> names;
  for (const auto& signal : kSignals) names.push_back(signal.name);
  auto chosen = choice_of(value["signal"], below(pointer, "signal"), "\"signal\"", names);
  if (!chosen) return std::unexpected(chosen.error());
  return KillEffect{kSignals.at(*chosen).number};
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

PlanResult<SyncFailureEffect> sync_failure_of(const json& value, const std::string& pointer) {
  auto chosen = choice_of(value, pointer, "\"sync_failure\"", kSyncProfiles);
  if (!chosen) return std::unexpected(chosen.error());
  return SyncFailureEffect{static_cast<SyncProfile>(*chosen)};
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
  if (status) status = take(value, pointer, "restore", corrupt.restore, truth_of);
  if (!status) return std::unexpected(status.error());
  if (corrupt.restore && corrupt.when == CorruptWhen::read)
    return wrong(below(pointer, "restore"),
                 "damage on read is never on the disk, so there is nothing to restore");
  corrupt.count = static_cast<std::uint32_t>(count);
  if (corrupt.kind == CorruptKind::bit_flips && value.contains("bytes"))
    return wrong(below(pointer, "bytes"), "a flipped bit has no length; say with \"count\" how many");
  if (corrupt.bytes == 0 || corrupt.bytes > kMostDamagedBytes)
    return wrong(below(pointer, "bytes"), "found 0B or more than 1MiB; allowed: \"1B\" to \"1MiB\"");
  return corrupt;
}

json to_json(const ErrorEffect& effect) {
  if (!effect.unusual) return errno_name(effect.error);
  return {{"errno", errno_name(effect.error)}, {"unusual", true}};
}

json to_json(const ShortEffect& effect) {
  if (effect.bytes) return {{"bytes", format_size(*effect.bytes)}};
  return {{"fraction", static_cast<double>(*effect.fraction) / static_cast<double>(kCertain)}};
}

json to_json(const TornEffect& effect) {
  json value = {{"keep", kTornKeeps[static_cast<std::size_t>(effect.keep)]},
                {"answer", effect.answer == 0 ? "success" : errno_name(effect.answer)}};
  if (effect.bytes) value["bytes"] = format_size(*effect.bytes);
  return value;
}

json to_json(const KillEffect& kill) {
  if (kill.signal == SIGKILL) return true;
  return {{"signal", std::ranges::find(kSignals, kill.signal, &SignalName::number)->name}};
}

json to_json(const FullEffect& full) {
  json value = json::object();
  if (full.left_bytes) value["left"] = format_size(*full.left_bytes);
  if (full.left_inodes) value["inodes"] = *full.left_inodes;
  if (full.owner) value["uid"] = *full.owner;
  return value;
}

json to_json(const CorruptEffect& corrupt) {
  json value = {{"on", to_string(corrupt.when)}, {"with", to_string(corrupt.kind)}, {"count", corrupt.count}};
  if (corrupt.kind != CorruptKind::bit_flips) value["bytes"] = format_size(corrupt.bytes);
  if (corrupt.restore) value["restore"] = true;
  return value;
}

}  // namespace

PlanResult<Effect> effect_from_json(const json& value, const std::string& pointer) {
  Effect effect;
  if (auto status = check_keys(value, pointer, "\"effect\"", kEffectKeys); !status) {
    return std::unexpected(status.error());
  }
  if (value.size() != 1) {
    return wrong(pointer,
                 "an effect is exactly one of " + quoted_list(kEffectKeys) + "; write one rule for each");
  }
  auto status = take(value, pointer, "full", effect.full, full_of);
  if (status) status = take(value, pointer, "quota", effect.full, quota_of);
  if (status) status = take(value, pointer, "error", effect.error, error_of);
  if (status) status = take(value, pointer, "latency", effect.latency, latency_from_json);
  if (status) status = take(value, pointer, "throttle", effect.throttle, throttle_from_json);
  if (status) status = take(value, pointer, "hang", effect.hang, hang_from_json);
  if (status) status = take(value, pointer, "permission", effect.permission, permission_of);
  if (status) status = take(value, pointer, "read_only", effect.read_only, only_true<ReadOnlyEffect>);
  if (status) status = take(value, pointer, "replaced_by", effect.replaced, replaced_of);
  if (status) status = take(value, pointer, "corrupt", effect.corrupt, corrupt_of);
  if (status) status = take(value, pointer, "short", effect.shortens, short_of);
  if (status) status = take(value, pointer, "torn", effect.torn, torn_of);
  if (status) status = take(value, pointer, "lost", effect.lost, only_true<LostEffect>);
  if (status) status = take(value, pointer, "misdirected", effect.misdirected, only_true<MisdirectedEffect>);
  if (status) status = take(value, pointer, "stale", effect.stale, only_true<StaleEffect>);
  if (status) status = take(value, pointer, "kill_caller", effect.kill_caller, kill_of);
  if (status) status = take(value, pointer, "disconnect", effect.disconnect, only_true<DisconnectEffect>);
  if (status) status = take(value, pointer, "sync_failure", effect.sync_failure, sync_failure_of);
  if (!status) return std::unexpected(status.error());
  return effect;
}

json to_json(const Effect& effect) {
  if (effect.full) return {{effect.is_quota() ? "quota" : "full", to_json(*effect.full)}};
  if (effect.error) return {{"error", to_json(*effect.error)}};
  if (effect.latency) return {{"latency", to_json(*effect.latency)}};
  if (effect.throttle) return {{"throttle", to_json(*effect.throttle)}};
  if (effect.hang) return {{"hang", to_json(*effect.hang)}};
  if (effect.permission) return {{"permission", errno_name(effect.permission->error)}};
  if (effect.read_only) return {{"read_only", true}};
  if (effect.replaced) return {{"replaced_by", kKindNames[static_cast<std::size_t>(effect.replaced->by)]}};
  if (effect.corrupt) return {{"corrupt", to_json(*effect.corrupt)}};
  if (effect.shortens) return {{"short", to_json(*effect.shortens)}};
  if (effect.torn) return {{"torn", to_json(*effect.torn)}};
  if (effect.lost) return {{"lost", true}};
  if (effect.misdirected) return {{"misdirected", true}};
  if (effect.stale) return {{"stale", true}};
  if (effect.kill_caller) return {{"kill_caller", to_json(*effect.kill_caller)}};
  if (effect.disconnect) return {{"disconnect", true}};
  if (effect.sync_failure)
    return {{"sync_failure", kSyncProfiles[static_cast<std::size_t>(effect.sync_failure->profile)]}};
  return json::object();
}

std::string print_effect(const Effect& effect) {
  return to_json(effect).dump(-1, ' ', false, json::error_handler_t::replace);
}

Scope scope_of(const Effect& effect) {
  if (effect.is_quota()) return {{"from", "to"}, "a quota is that of a user, whatever is asked and where"};
  if (effect.full) return {{"path", "path_regex", "from", "to"}, "what is full is full for every operation"};
  if (effect.read_only)
    return {{"path", "path_regex", "from", "to"}, "what is read-only refuses everything that modifies it"};
  if (effect.replaced)
    return {{"path", "from", "to"}, "what was replaced is another kind for every operation"};
  if (effect.at_rest())
    return {{"path", "path_regex", "probability", "from", "limit"},
            "damage at rest happens once, at \"from\", to files and not to operations"};
  if (effect.diverts()) return {kAllButOperation, "only a write can land somewhere"};
  if (effect.sync_failure) return {kAllButOperation, "only the sync of a file fails so"};
  if (effect.stale) return {kAllButOperation, "only a read can give old bytes"};
  if (effect.corrupt) return {kAllButOperation, "\"on\" says the operation"};
  return {};
}

}  // namespace holdfast::faultfs
