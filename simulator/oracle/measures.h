// The measures of a run, computed from its ledger and its twin's exactly as docs/architecture.md,
// section 7, defines them. Ratios are fractions, times are seconds.
//
//   Measures measures = compute_measures(run, &twin, account(run));
//   measures.value("retention.durable")        // nullopt: not available, measures.note() says why
//
// A recovery that never came has the value infinity, which no limit admits. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/oracle/accounting.h"
#include "simulator/oracle/retention.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

struct Measured {
  std::optional<double> value;
  std::string note;  // why there is no value, or what to know about it
};

// Of one tracker of a fleet; a share of it is told for 10 records and more.
struct TrackerMeasures {
  std::optional<double> amplification_mean;
  std::optional<double> amplification_max;
  std::optional<double> overshoot;
};

struct Measures {
  std::map<std::string, Measured, std::less<>> by_name;
  std::vector<PhaseRetention> phases;     // each stress phase by itself
  std::vector<TrackerMeasures> trackers;  // of a fleet, in their order

  std::optional<double> value(std::string_view name) const;
  std::string note(std::string_view name) const;
};

// `twin` may be null; what needs one is then not available.
Measures compute_measures(const RunRecord& run, const RunRecord* twin, const Accounting& books);

// The smallest value that at least `per_thousand` of each 1000 do not exceed (nearest rank);
// nothing for an empty list. Sorts in place.
std::optional<Duration> percentile(std::vector<Duration>& values, std::uint64_t per_thousand);

}  // namespace holdfast::oracle
