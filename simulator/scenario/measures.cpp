#include "simulator/scenario/measures.h"

#include <algorithm>

namespace holdfast::scenario {
namespace {

using enum MeasureUnit;

constexpr Measure kMeasures[] = {
    // name, unit, live_only, needs_stress, load, meaning
    {"retention.accepted", ratio, false, true, NeedsLoad::any,
     "records due under fault that record() took, over those of the run without faults"},
    {"retention.durable", ratio, false, true, NeedsLoad::any,
     "records due under fault that were safe on disk or upstream within 1 s, likewise"},
    {"retention.delivered", ratio, false, true, NeedsLoad::any,
     "records due under fault that the upstream had before the fault ended, likewise"},
    {"retention.calls", ratio, false, true, NeedsLoad::closed, "calls that returned under fault, likewise"},
    {"oracle_ratio", ratio, false, true, NeedsLoad::open,
     "deliveries under fault, over what any client could have delivered"},
    {"loss.counted", count, false, false, NeedsLoad::any, "records that are gone and whose reason is known"},
    {"loss.unaccounted", count, false, false, NeedsLoad::any, "records that are in no place at all"},
    {"duplicates", count, false, false, NeedsLoad::any, "deliveries beyond the first of each record"},
    {"quarantined", count, false, false, NeedsLoad::any, "records set aside: damaged, or refused for good"},
    {"expired", count, false, false, NeedsLoad::any, "records that grew older than delivery.max_age"},
    {"record.p50", duration, true, false, NeedsLoad::any,
     "how long half of all calls of record() took at most"},
    {"record.p99", duration, true, false, NeedsLoad::any,
     "how long 99 of 100 calls of record() took at most"},
    {"record.p999", duration, true, false, NeedsLoad::any,
     "how long 999 of 1000 calls of record() took at most"},
    {"record.max", duration, true, false, NeedsLoad::any, "how long the slowest call of record() took"},
    {"arrival.lag", duration, true, false, NeedsLoad::open,
     "how late the 99th of 100 calls was made; the harness' own delay, or a caller that was blocked"},
    {"recovery.time", duration, false, true, NeedsLoad::open, "from the last fault to the return of goodput"},
    {"backlog.drain_time", duration, false, true, NeedsLoad::any,
     "from the last fault until the last record accepted before its end was delivered"},
    {"delivery.age.p50", duration, false, false, NeedsLoad::any,
     "from intended to delivered, of half of the delivered records at most"},
    {"delivery.age.p99", duration, false, false, NeedsLoad::any,
     "from intended to delivered, of 99 of 100 delivered records at most"},
    {"breaker.opens", count, false, false, NeedsLoad::any, "how often the breaker opened"},
    {"retries", count, false, false, NeedsLoad::any, "requests that were sent again"},
    {"fallbacks", count, false, false, NeedsLoad::any, "times the spool's location changed for the worse"},
    {"amplification.mean", factor, false, false, NeedsLoad::any,
     "records sent to the upstream, over distinct records sent"},
    {"amplification.max", factor, false, true, NeedsLoad::any, "the same in the worst window under fault"},
    {"overshoot", factor, false, true, NeedsLoad::any,
     "requests in the busiest window after the faults, over those of the run without faults"},
    {"calls_per_record", factor, false, false, NeedsLoad::any, "requests, over records delivered"},
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
