// A cap on what passes in a second: a virtual queue that serves so many bytes and so many operations, and
// says how long one more has to wait for its turn.
//
//   Throttle throttle;
//   Duration wait = throttle.enter({.bandwidth = 10 << 20, .iops = 100}, "log/1", per_path, 4096, now);
//
// Each operation occupies the queue for size / bandwidth and for 1 / iops, whichever ends later, and is
// answered when it is served. After rest, what the caps allow in `burst` passes without waiting: a token
// bucket of that size. Pure; time is the caller's. At most kMostPaths paths have a queue of their own, and
// the others share one; no wait is longer than kLongestLatency.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.h"
#include "faultfs/model/turns.h"

namespace holdfast::faultfs {

// At least one of the two caps is given.
struct ThrottleEffect {
  std::uint64_t bandwidth = 0;  // bytes a second; 0: no cap
  std::uint64_t iops = 0;       // operations a second; 0: no cap
  Duration burst{0};
};

class Throttle {
 public:
  static constexpr std::size_t kMostPaths = 100'000;

  Duration enter(const ThrottleEffect& caps, std::string_view path, Counting per, std::uint64_t size,
                 Time now);

 private:
  // When each will have served what is queued.
  struct Queue {
    Time bytes{};
    Time operations{};
  };
  Queue all_;
  ByPath<Queue> by_path_;

  Queue& queue_of(std::string_view path, Counting per);
};

}  // namespace holdfast::faultfs
