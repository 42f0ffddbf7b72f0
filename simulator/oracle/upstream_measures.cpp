#include "simulator/oracle/upstream_measures.h"

#include <algorithm>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

Measured ratio(std::uint64_t count, std::uint64_t of, std::uint64_t records, const char* otherwise) {
  if (static_cast<double>(records) < kLeastRecords || of == 0) return {std::nullopt, otherwise};
  return {static_cast<double>(count) / static_cast<double>(of), ""};
}

Measured mean_amplification(const Attempts& attempts) {
  const auto& all = attempts.total();
  return ratio(all.records, all.distinct, all.distinct, "under 100 records reached the upstream");
}

Measured highest_amplification(const RunRecord& run) {
  Measured highest{std::nullopt, "under 100 records reached the upstream in any window under fault"};
  const auto w = armed(run);
  if (w.empty()) highest.note = "no fault was armed";
  for (const auto& interval : w) {
    for (const auto window : run.attempts->windows_in(run.attempts->span_of(interval.from, interval.to))) {
      const auto sum = run.attempts->sum(window);
      const auto here = ratio(sum.records, sum.distinct, sum.distinct, "");
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

Measured overshoot(const RunRecord& run, const RunRecord* twin) {
  if (twin == nullptr || !twin->attempts) return {std::nullopt, "no twin"};
  const auto w = armed(run);
  if (w.empty()) return {std::nullopt, "no fault was armed"};
  const Duration healed = w.back().to;
  const Peak here = peak(*run.attempts, healed, run.length);
  const Peak there = peak(*twin->attempts, healed, twin->length);
  if (static_cast<double>(there.records) < kLeastRecords)
    return {std::nullopt, "the twin sent under 100 records after the faults"};
  return {here.rate / there.rate, ""};
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
  by_name["amplification.max"] = highest_amplification(run);
  by_name["overshoot"] = overshoot(run, twin);
  by_name["calls_per_record"] = ratio(run.attempts->total().requests, books.delivered, books.delivered,
                                      "under 100 records were delivered");
}

}  // namespace holdfast::oracle
