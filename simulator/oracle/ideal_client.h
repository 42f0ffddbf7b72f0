// What any client could have delivered: one that sends whenever the upstream can take it.
//
//   auto slices = ideal_deliveries(run);
//   delivered / delivered_in(slices, armed(run))      // oracle_ratio
//
// A recurrence over bins of 100 ms, cut where the armed rules change:
//
//   delivered = min(backlog + offered, capacity x availability),  backlog += offered - delivered
//
// Capacity is concurrency x batch / latency; availability 0 in an outage and while the process is
// killed, restarting or paused, 1 - p under error rate p. What is due between two lives is not offered.
// Floating point in plain additions, multiplications and divisions: the same on every machine.
#pragma once

#include <vector>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

struct IdealSlice {
  Interval span;
  double delivered = 0;
};

std::vector<IdealSlice> ideal_deliveries(const RunRecord& run);

// The part of it that lies in the intervals, whose edges are window edges.
double delivered_in(const std::vector<IdealSlice>& slices, const Intervals& intervals);

}  // namespace holdfast::oracle
