#include "simulator/oracle/upstream_measures.h"

#include <algorithm>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

constexpr double kLeastOfTracker = 10;  // of a fleet: each is told, none is judged alone

Measured ratio(std::uint64_t count, std::uint64_t of, std::uint64_t records, const char* otherwise,
               double least = kLeastRecords) {
  if (static_cast<double>(records) < least || of == 0) return {std::nullopt, otherwise};
  return {static_cast<double>(count) / static_cast<double>(of), ""};
}

Measured mean_amplification(const Attempts& attempts, double least = kLeastRecords) {
  const auto& all = attempts.total();
  return ratio(all.records, all.distinct, all.distinct, "under 100 records reached the upstream", least);
}

Measured highest_amplification(const RunRecord& run, const Attempts& attempts, double least = kLeastRecords) {
  Measured highest{std::nullopt, "under 100 records reached the upstream in any window under fault"};
  const auto w = armed(run);
  if (w.empty()) highest.note = "no fault was armed";
  for (const auto& interval : w) {
    for (const auto window : attempts.windows_in(attempts.span_of(interval.from, interval.to))) {
      const auto sum = attempts.sum(window);
      const auto here = ratio(sum.records, sum.distinct, sum.distinct, "", least);
      if (here.value && (!highest.value || *here.value > *highest.value)) highest = here;
    }
  }
  return highest;
}

struct Peak {
  double rate = 0;  // requests per second
  std::uint64_t records = 0;
};

// The busiest window of [from, to).
Peak peak(const Attempts& attempts, Duration from, Duration to) {
  Peak highest;
  for (const auto window : attempts.windows_in(attempts.span_of(from, to))) {
    if (window.count == 0) continue;
    const auto sum = attempts.sum(window);
    const double length = seconds(attempts.bin()) * static_cast<double>(window.count);
    const double rate = static_cast<double>(sum.requests) / length;
    if (rate > highest.rate) highest = {rate, sum.records};
  }
  return highest;
}

// The attempts of both, or of one tracker in both.
struct Compared {
  const Attempts& here;
  const Attempts& there;
};

Measured overshoot(const RunRecord& run, const RunRecord& twin, const Compared& attempts,
                   double least = kLeastRecords) {
  const auto w = armed(run);
  if (w.empty()) return {std::nullopt, "no fault was armed"};
  const Duration healed = w.back().to;
  const Peak here = peak(attempts.here, healed, run.length);
  const Peak there = peak(attempts.there, healed, twin.length);
  if (static_cast<double>(there.records) < least || there.rate == 0)
    return {std::nullopt, "the twin sent under 100 records after the faults"};
  return {here.rate / there.rate, ""};
}

Measured overshoot(const RunRecord& run, const RunRecord* twin) {
  if (twin == nullptr || !twin->attempts) return {std::nullopt, "no twin"};
  return overshoot(run, *twin, {*run.attempts, *twin->attempts});
}

void add_trackers(Measures& measures, const RunRecord& run, const RunRecord* twin) {
  for (std::size_t i = 0; i < run.fleet.size(); ++i) {
    const auto& attempts = run.fleet[i].attempts;
    TrackerMeasures tracker{.amplification_mean = mean_amplification(attempts, kLeastOfTracker).value,
                            .amplification_max = highest_amplification(run, attempts, kLeastOfTracker).value};
    if (twin != nullptr && i < twin->fleet.size())
      tracker.overshoot = overshoot(run, *twin, {attempts, twin->fleet[i].attempts}, kLeastOfTracker).value;
    measures.trackers.push_back(tracker);
  }
}

}  // namespace

void add_upstream_measures(Measures& measures, const RunRecord& run, const RunRecord* twin,
                           const Accounting& books) {
  auto& by_name = measures.by_name;
  constexpr const char* kNames[] = {"amplification.mean", "amplification.max", "overshoot",
                                    "calls_per_record"};
  if (!run.attempts) {
    for (const char* name : kNames) by_name[name].note = "the upstream wrote nothing down";
    return;
  }
  by_name["amplification.mean"] = mean_amplification(*run.attempts);
  by_name["amplification.max"] = highest_amplification(run, *run.attempts);
  by_name["overshoot"] = overshoot(run, twin);
  by_name["calls_per_record"] = ratio(run.attempts->total().requests, books.delivered, books.delivered,
                                      "under 100 records were delivered");
  add_trackers(measures, run, twin);
}

}  // namespace holdfast::oracle
