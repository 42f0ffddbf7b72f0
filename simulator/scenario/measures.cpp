#include "simulator/scenario/measures.h"

#include <algorithm>

namespace holdfast::scenario {
namespace {

using enum MeasureUnit;

constexpr Measure kMeasures[] = {
    // name, unit, live_only, needs_stress, load, subject, needs_host
    {"retention.accepted", ratio, false, true, NeedsLoad::any},
    {"retention.durable", ratio, false, true, NeedsLoad::any},
    {"retention.delivered", ratio, false, true, NeedsLoad::any},
    {"retention.calls", ratio, false, true, NeedsLoad::closed},
    {"retention.host", ratio, true, true, NeedsLoad::any, NeedsSubject::any, true},
    {"host.gap", duration, true, true, NeedsLoad::any, NeedsSubject::any, true},
    {"oracle_ratio", ratio, false, true, NeedsLoad::open},
    {"loss.counted", count, false, false, NeedsLoad::any},
    {"loss.unaccounted", count, false, false, NeedsLoad::any},
    {"duplicates", count, false, false, NeedsLoad::any},
    {"quarantined", count, false, false, NeedsLoad::any},
    {"expired", count, false, false, NeedsLoad::any},
    {"record.p50", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.p99", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.p999", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.max", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.undisturbed.p99", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.undisturbed.p999", duration, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"record.disturbed", count, true, false, NeedsLoad::any, NeedsSubject::in_process},
    {"arrival.lag", duration, true, false, NeedsLoad::open},
    {"recovery.time", duration, false, true, NeedsLoad::open},
    {"backlog.drain_time", duration, false, true, NeedsLoad::any},
    {"delivery.age.p50", duration, false, false, NeedsLoad::any},
    {"delivery.age.p99", duration, false, false, NeedsLoad::any},
    {"breaker.opens", count, false, false, NeedsLoad::any, NeedsSubject::core},
    {"retries", count, false, false, NeedsLoad::any, NeedsSubject::core},
    {"fallbacks", count, false, false, NeedsLoad::any, NeedsSubject::core},
    {"amplification.mean", factor, false, false, NeedsLoad::any},
    {"amplification.max", factor, false, true, NeedsLoad::any},
    {"overshoot", factor, false, true, NeedsLoad::any},
    {"calls_per_record", factor, false, false, NeedsLoad::any},
};

}  // namespace

std::span<const Measure> known_measures() { return kMeasures; }

const Measure* find_measure(std::string_view name) {
  const auto measure = std::ranges::find(kMeasures, name, &Measure::name);
  return measure == std::end(kMeasures) ? nullptr : &*measure;
}

std::vector<std::string_view> measure_names() {
  std::vector<std::string_view> names;
  for (const auto& measure : kMeasures) names.push_back(measure.name);
  return names;
}

}  // namespace holdfast::scenario
