#include "simulator/scenario/format_measure.h"

#include <fmt/format.h>

#include <cmath>

#include "simulator/scenario/measures.h"

namespace holdfast::scenario {
namespace {

std::string format_duration_s(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

}  // namespace

bool more_is_better(std::string_view measure) {
  return measure.starts_with("retention.") || measure == "oracle_ratio";
}

std::string format_measure(std::string_view measure, double value) {
  if (std::isinf(value)) return "never";
  const auto* known = find_measure(measure);
  if (known == nullptr || known->unit == MeasureUnit::count) return fmt::format("{:.0f}", value);
  if (known->unit == MeasureUnit::duration) return format_duration_s(value);
  if (known->unit == MeasureUnit::factor)
    return value < 1000 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
  return fmt::format("{:.1f} %", std::floor(value * 1000) / 10);
}

}  // namespace holdfast::scenario
