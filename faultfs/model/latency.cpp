#include "faultfs/model/latency.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "faultfs/model/fixed_point.h"
#include "faultfs/model/normal_quantile.h"

namespace holdfast::faultfs {
namespace {

std::uint64_t whole(Duration delay) { return static_cast<std::uint64_t>(delay.count()); }

Duration drawn_from(Duration always, std::uint64_t) { return always; }

Duration drawn_from(const UniformLatency& of, std::uint64_t drawn) {
  return of.min + Duration(scaled(drawn, whole(of.max - of.min) + 1));
}

// median * (p99 / median)^(z / z99).
Duration drawn_from(const LognormalLatency& of, std::uint64_t drawn) {
  const Exponent spread = log2_of(whole(of.p99)) - log2_of(whole(of.median));
  const Exponent exponent = spread * normal_quantile(drawn) / kNormalP99;
  return Duration(times_power_of_two(whole(of.median), exponent, whole(of.max)));
}

// min * u^(-1 / shape), where u is the draw as a part of 2^64.
Duration drawn_from(const ParetoLatency& of, std::uint64_t drawn) {
  const Exponent rarity = 64 * kOne - log2_of(std::max<std::uint64_t>(drawn, 1));
  const Exponent exponent = rarity * static_cast<Exponent>(kShapeUnit) / static_cast<Exponent>(of.shape);
  return Duration(times_power_of_two(whole(of.min), exponent, whole(of.max)));
}

Duration drawn_from(const SampledLatency& of, std::uint64_t drawn) {
  if (of.quantiles.empty()) return Duration::zero();
  const std::uint64_t steps = of.quantiles.size() - 1;
  const std::uint64_t step = scaled(drawn, steps);
  const std::uint64_t into = drawn * steps;  // what the product has behind its point
  const Duration from = of.quantiles[step];
  const Duration to = of.quantiles[std::min(step + 1, steps)];
  return from + Duration(scaled(into, whole(to - from)));
}

Duration longest_of(Duration always) { return always; }
Duration longest_of(const SampledLatency& of) {
  return of.quantiles.empty() ? Duration::zero() : of.quantiles.back();
}
template <class Bounded>
Duration longest_of(const Bounded& of) {
  return of.max;
}

std::string words_of(Duration always) { return format_duration(always); }
std::string words_of(const UniformLatency& of) {
  return fmt::format("uniform {} to {}", format_duration(of.min), format_duration(of.max));
}
std::string words_of(const LognormalLatency& of) {
  return fmt::format("lognormal, median {}, p99 {}", format_duration(of.median), format_duration(of.p99));
}
std::string words_of(const ParetoLatency& of) {
  return fmt::format("Pareto from {}, shape {:g}", format_duration(of.min),
                     static_cast<double>(of.shape) / static_cast<double>(kShapeUnit));
}
std::string words_of(const SampledLatency& of) {
  if (of.quantiles.empty()) return "as measured in " + of.file;
  return fmt::format("as measured, {} to {}", format_duration(of.quantiles.front()),
                     format_duration(of.quantiles.back()));
}

}  // namespace

Duration delay_of(const LatencyEffect& effect, std::uint64_t drawn) {
  return std::visit([&](const auto& of) { return drawn_from(of, drawn); }, effect.delay);
}

Duration longest(const LatencyEffect& effect) {
  return std::visit([](const auto& of) { return longest_of(of); }, effect.delay);
}

std::string describe(const LatencyEffect& effect) {
  return std::visit([](const auto& of) { return words_of(of); }, effect.delay);
}

}  // namespace holdfast::faultfs
