// Time as the core sees it: a monotonic instant for every timer, a wall instant only for stamps
// that people read. Both count nanoseconds; neither can be mixed with the other or with std clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast {

using Duration = std::chrono::nanoseconds;

struct Monotonic {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic, Duration>;
  static constexpr bool is_steady = true;
};

using Time = Monotonic::time_point;
using WallTime = std::chrono::sys_time<Duration>;

inline constexpr Time kNever = Time::max();

constexpr std::int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }
constexpr Time from_nanoseconds(std::int64_t ns) { return Time(Duration(ns)); }

}  // namespace holdfast
