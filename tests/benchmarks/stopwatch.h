// Times single calls of some tens of nanoseconds: the processor's time-stamp counter, kept in order
// by fences and calibrated against the steady clock. What an empty measurement costs is taken off.
//
//   const Stopwatch watch;
//   const auto begin = Stopwatch::begin();
//   call();
//   double ns = watch.nanoseconds(Stopwatch::end() - begin);
//
// Other processors than x86-64 take the steady clock, whose own cost then blurs single calls.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace holdfast::bench {

class Stopwatch {
 public:
  Stopwatch() {
    using SteadyClock = std::chrono::steady_clock;
    const auto started = SteadyClock::now();
    const auto first = begin();
    while (SteadyClock::now() - started < std::chrono::milliseconds(20)) continue;
    const auto last = end();
    const std::chrono::duration<double, std::nano> took = SteadyClock::now() - started;
    per_tick_ = took.count() / static_cast<double>(last - first);
    std::vector<std::uint64_t> empty(10'001);
    for (auto& ticks : empty) {
      const auto from = begin();
      ticks = end() - from;
    }
    std::nth_element(empty.begin(), empty.begin() + 5'000, empty.end());
    own_ticks_ = empty[5'000];
  }

#if defined(__x86_64__)
  static std::uint64_t begin() noexcept {
    _mm_lfence();
    const std::uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
  }
  static std::uint64_t end() noexcept {
    unsigned processor = 0;
    const std::uint64_t ticks = __rdtscp(&processor);
    _mm_lfence();
    return ticks;
  }
#else
  static std::uint64_t begin() noexcept {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }
  static std::uint64_t end() noexcept { return begin(); }
#endif

  double nanoseconds(std::uint64_t ticks) const noexcept {
    return ticks > own_ticks_ ? static_cast<double>(ticks - own_ticks_) * per_tick_ : 0.0;
  }

 private:
  double per_tick_ = 1;
  std::uint64_t own_ticks_ = 0;
};

}  // namespace holdfast::bench
