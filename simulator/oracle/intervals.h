// Sets of time spans, and those that a run is judged on.
//
//   Intervals w = armed(run);                  // W: the union of all intervals in which a fault is armed
//   if (const Interval* in = interval_at(w, record.intended)) ... in->to ...
//   for (auto& stress : stress_phases(run)) ...
//
// Intervals hold [from, to) spans, sorted and disjoint. Pure functions of their arguments.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

struct Interval {
  Duration from{0};
  Duration to{0};
  Duration length() const { return to - from; }
  friend bool operator==(const Interval&, const Interval&) = default;
};
using Intervals = std::vector<Interval>;

// Sorts, joins what overlaps or touches, drops what is empty.
Intervals unite(Intervals intervals);
// What lies in [0, end) and in none of the intervals.
Intervals complement(const Intervals& united, Duration end);
// The interval that contains `at`, or null.
const Interval* interval_at(const Intervals& united, Duration at);

// The part of W that belongs to one phase with faults.
struct StressPhase {
  std::string name;
  Intervals armed;
};

Intervals armed(const RunRecord& run);
std::vector<StressPhase> stress_phases(const RunRecord& run);
// The intervals in which some rule of the upstream was armed.
Intervals upstream_faults(const RunRecord& run);

// The windows that the scenario plans, exactly as VIRTUAL arms them.
std::vector<FaultWindow> planned_windows(const scenario::Scenario& scenario);

// The armed process event of a window that leaves nobody to run: killed, restarting, paused; or null.
const scenario::ProcessEvent* without_process(const RunRecord& run, const FaultWindow& window);

// The armed upstream rules of a window, looked up by name in its phase.
std::vector<const upstream::UpstreamRule*> upstream_rules(const RunRecord& run, const FaultWindow& window);

}  // namespace holdfast::oracle
