#include "faultfs/model/throttle.h"

#include <algorithm>

#include "faultfs/model/latency.h"

namespace holdfast::faultfs {
namespace {

// How long `amount` takes at so much a second; no time where there is no cap.
Duration time_for(std::uint64_t amount, std::uint64_t per_second) {
  __extension__ using Wide = unsigned __int128;
  if (per_second == 0) return Duration::zero();
  const Wide needed = static_cast<Wide>(amount) * 1'000'000'000 / per_second;
  const Wide most = static_cast<Wide>(kLongestLatency.count());
  return Duration(static_cast<std::int64_t>(std::min(needed, most)));
}

// The end of what is queued, this one included; the queue grows no longer than `latest`.
Time serve(Time& queued_until, Duration needed, Time now, Time latest) {
  queued_until = std::min(std::max(queued_until, now) + needed, latest);
  return queued_until;
}

}  // namespace

Duration Throttle::enter(const ThrottleEffect& caps, std::string_view path, Counting per, std::uint64_t size,
                         Time now) {
  Queue& queue = queue_of(path, per);
  const Time latest = now + kLongestLatency + caps.burst;
  const Time bytes = serve(queue.bytes, time_for(size, caps.bandwidth), now, latest);
  const Time operations = serve(queue.operations, time_for(1, caps.iops), now, latest);
  return std::max(std::max(bytes, operations) - caps.burst - now, Duration::zero());
}

Throttle::Queue& Throttle::queue_of(std::string_view path, Counting per) {
  if (per == Counting::rule) return all_;
  if (const auto known = by_path_.find(path); known != by_path_.end()) return known->second;
  if (by_path_.size() >= kMostPaths) return all_;
  return by_path_[std::string(path)];
}

}  // namespace holdfast::faultfs
