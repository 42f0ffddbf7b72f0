#include "faultfs/model/fault_effect_json.h"

#include <cerrno>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kEffectKeys[] = {"full",       "error",     "latency",     "hang",
                                            "permission", "read_only", "replaced_by", "corrupt"};
constexpr std::string_view kFullKeys[] = {"left", "inodes"};
constexpr std::string_view kCorruptKeys[] = {"on", "with", "count", "bytes"};

// Of a "when" whose effect says the operation.
const std::vector<std::string_view> kAllButOperation = {
    "path", "path_regex", "flags", "offset", "size",     "caller", "probability", "from",
    "to",   "nth",        "every", "limit",  "cooldown", "per",    "after"};

constexpr std::uint64_t kMostInodes = 1'000'000'000;
constexpr std::uint64_t kMostDamage = 1000;                          // places in one operation or file
constexpr std::uint64_t kMostDamagedBytes = std::uint64_t{1} << 20;  // in one place

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

PlanResult<FullEffect> full_of(const json& value, const std::string& pointer) {
  if (auto status = check_keys(value, pointer, "\"full\"", kFullKeys); !status) {
    return std::unexpected(status.error());
  }
  FullEffect full;
  auto status = take(value, pointer, "left", full.left_bytes, size_of);
  if (status)
    status = take(value, pointer, "inodes", full.left_inodes, [](const json& count, const std::string& at) {
      return count_of(count, at, 0, kMostInodes);
    });
  if (!status) return std::unexpected(status.error());
  if (!full.left_bytes && !full.left_inodes)
    return wrong(
        pointer,
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

Scope scope_of(const Effect& effect) {
  if (effect.full) return {{"from", "to"}, "a full volume is full for every operation and path"};
  if (effect.read_only)
    return {{"path", "path_regex", "from", "to"}, "what is read-only refuses everything that modifies it"};
  if (effect.replaced)
    return {{"path", "from", "to"}, "what was replaced is another kind for every operation"};
  if (effect.at_rest())
    return {{"path", "path_regex", "probability", "from", "limit"},
            "damage at rest happens once, at \"from\", to files and not to operations"};
  if (effect.corrupt) return {kAllButOperation, "\"on\" says the operation"};
  return {};
}

}  // namespace holdfast::faultfs
