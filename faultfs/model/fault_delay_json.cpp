#include "faultfs/model/fault_delay_json.h"

#include "core/base/units.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kThrottleKeys[] = {"bandwidth", "iops", "burst"};
constexpr std::string_view kHangKeys[] = {"for", "then"};
constexpr std::uint64_t kMostBandwidth = std::uint64_t{1} << 40;  // bytes a second
constexpr std::uint64_t kMostIops = 1'000'000'000;
constexpr Duration kLongestBurst = std::chrono::hours(1);

// "10MiB/s".
PlanResult<std::uint64_t> bandwidth_of(const json& value, const std::string& pointer) {
  auto text = text_of(value, pointer, "\"bandwidth\"");
  if (!text) return std::unexpected(text.error());
  const bool is_rate = text->ends_with("/s");
  const auto size =
      is_rate ? parse_size(std::string_view(*text).substr(0, text->size() - 2)) : Result<std::uint64_t>(0);
  if (size && *size > 0 && *size <= kMostBandwidth) return *size;
  return wrong(pointer, "found " + value.dump() +
                            "; allowed: a size a second, like \"10MiB/s\", from \"1B/s\" to " + "\"1TiB/s\"");
}

PlanResult<Duration> duration_up_to(const json& value, const std::string& pointer, Duration least,
                                    Duration most) {
  auto found = duration_of(value, pointer);
  if (found && (*found < least || *found > most))
    return wrong(pointer, "found " + value.dump() + "; allowed: " + format_duration(least) + " to " +
                              format_duration(most));
  return found;
}

PlanResult<int> end_of_hang(const json& value, const std::string& pointer) {
  if (value == "go_on") return 0;
  return errno_of(value, pointer);
}

}  // namespace

PlanResult<ThrottleEffect> throttle_from_json(const json& value, const std::string& pointer) {
  ThrottleEffect caps;
  auto status = check_keys(value, pointer, "\"throttle\"", kThrottleKeys);
  if (status) status = take(value, pointer, "bandwidth", caps.bandwidth, bandwidth_of);
  if (status)
    status = take(value, pointer, "iops", caps.iops,
                  [](const json& count, const std::string& at) { return count_of(count, at, 1, kMostIops); });
  if (status)
    status = take(value, pointer, "burst", caps.burst, [](const json& burst, const std::string& at) {
      return duration_up_to(burst, at, Duration::zero(), kLongestBurst);
    });
  if (!status) return std::unexpected(status.error());
  if (caps.bandwidth == 0 && caps.iops == 0)
    return wrong(pointer, "\"throttle\" needs \"bandwidth\", like \"10MiB/s\", or \"iops\", like 100");
  return caps;
}

// True, or an object that says when it ends and how.
PlanResult<HangEffect> hang_from_json(const json& value, const std::string& pointer) {
  if (value == true) return HangEffect{};
  HangEffect hang;
  auto status = check_keys(value, pointer, "\"hang\" (or true)", kHangKeys);
  if (status && !value.contains("for"))
    status = wrong(pointer, "\"hang\" needs \"for\", how long, like \"2s\"; until it heals: \"hang\": true");
  if (status)
    status = take(value, pointer, "for", hang.length, [](const json& length, const std::string& at) {
      return duration_up_to(length, at, Duration(1), kLongestHang);
    });
  if (status) status = take(value, pointer, "then", hang.then, end_of_hang);
  if (!status) return std::unexpected(status.error());
  return hang;
}

json to_json(const ThrottleEffect& caps) {
  json value = json::object();
  if (caps.bandwidth > 0) value["bandwidth"] = format_size(caps.bandwidth) + "/s";
  if (caps.iops > 0) value["iops"] = caps.iops;
  if (caps.burst.count() > 0) value["burst"] = format_duration(caps.burst);
  return value;
}

json to_json(const HangEffect& hang) {
  if (!hang.length) return true;
  return {{"for", format_duration(*hang.length)}, {"then", hang.then == 0 ? "go_on" : errno_name(hang.then)}};
}

}  // namespace holdfast::faultfs
