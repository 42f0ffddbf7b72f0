#include "simulator/oracle/retention.h"

#include <algorithm>

#include "simulator/oracle/ideal_client.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

std::optional<double> ratio(double count, double denominator) {
  if (denominator < kLeastRecords) return std::nullopt;
  return count / denominator;
}

// Against the twin's count, or 95 % of what it was offered if that is more.
std::optional<double> retained(std::uint64_t count, std::uint64_t twin_count, std::uint64_t twin_offered) {
  const double offered = 0.95 * static_cast<double>(twin_offered);
  return ratio(static_cast<double>(count), std::max(static_cast<double>(twin_count), offered));
}

}  // namespace

Counts count_in(const Ledger& ledger, const Intervals& intervals) {
  Counts counts;
  for (std::uint64_t i = 0; i < ledger.size(); ++i) {
    const auto times = times_of(ledger.entry(i));
    if (interval_at(intervals, times.returned) != nullptr) ++counts.calls;
    if (interval_at(intervals, times.delivered) != nullptr) ++counts.arrivals;
    const Interval* home = interval_at(intervals, times.intended);
    if (home == nullptr) continue;
    ++counts.offered;
    if (times.accepted()) ++counts.accepted;
    if (times.safe() <= times.intended + kSafeWithin) ++counts.durable;
    if (times.delivered <= home->to) ++counts.delivered;
  }
  return counts;
}

std::vector<PhaseRetention> retention(const RunRecord& run, const RunRecord& twin) {
  const auto ideal = ideal_deliveries(run);
  std::vector<PhaseRetention> phases;
  for (const auto& stress : stress_phases(run)) {
    const auto here = count_in(run.ledger, stress.armed);
    const auto there = count_in(twin.ledger, stress.armed);
    PhaseRetention phase{.phase = stress.name,
                         .accepted = retained(here.accepted, there.accepted, there.offered),
                         .durable = retained(here.durable, there.durable, there.offered),
                         .delivered = retained(here.delivered, there.delivered, there.offered)};
    if (run.closed_loop())
      phase.calls = ratio(static_cast<double>(here.calls), static_cast<double>(there.calls));
    phase.oracle_share = ratio(delivered_in(ideal, stress.armed), static_cast<double>(there.arrivals));
    phases.push_back(std::move(phase));
  }
  return phases;
}

}  // namespace holdfast::oracle
