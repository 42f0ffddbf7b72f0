// How long an operation is delayed: always the same, or drawn.
//
//   LatencyEffect effect{UniformLatency{1ms, 5ms}};
//   Duration delay = delay_of(effect, drawn);         // of 64 random bits
//
// Computed in whole numbers from the draw alone (fixed_point.h), so alike on every machine and in both
// worlds. Each is at most kLongestLatency. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/time.h"

namespace holdfast::faultfs {

inline constexpr Duration kLongestLatency = std::chrono::hours(1);
inline constexpr std::uint64_t kShapeUnit = 1000;  // a Pareto shape is in thousandths
inline constexpr std::size_t kMostQuantiles = 1025;

struct UniformLatency {
  Duration min{0};
  Duration max{0};
};
// The logarithm is normal: half of the delays are shorter than the median, one in a hundred longer than p99.
struct LognormalLatency {
  Duration median{0};
  Duration p99{0};
  Duration max = kLongestLatency;
};
// The survival function is (min / x)^shape: the heavier the tail, the smaller the shape.
struct ParetoLatency {
  Duration min{0};
  std::uint64_t shape = kShapeUnit;
  Duration max = kLongestLatency;
};
// What was measured: delays at evenly spaced quantiles, the least first, between which it is interpolated.
struct SampledLatency {
  std::string file;  // from which the quantiles are still to be read; empty: they are there
  std::vector<Duration> quantiles;
};

struct LatencyEffect {
  std::variant<Duration, UniformLatency, LognormalLatency, ParetoLatency, SampledLatency> delay;

  bool is_drawn() const { return !std::holds_alternative<Duration>(delay); }
};

Duration delay_of(const LatencyEffect& effect, std::uint64_t drawn);
// No draw gives more.
Duration longest(const LatencyEffect& effect);

// "5ms", "uniform 1ms to 5ms", "lognormal, median 2ms, p99 40ms".
std::string describe(const LatencyEffect& effect);

}  // namespace holdfast::faultfs
