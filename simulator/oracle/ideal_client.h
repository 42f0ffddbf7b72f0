// What any client could have delivered: one that sends whenever the upstream can take it.
//
//   auto slices = ideal_deliveries(run);
//   delivered / delivered_in(slices, armed(run))      // oracle_ratio
//
// A recurrence over bins of 100 ms, cut where the armed rules change:
//
//   delivered = min(backlog + offered, capacity x availability),  backlog += offered - delivered
//
// Capacity is concurrency x batch / latency, where a slow answer counts as latency. Availability is
// 0 in an outage and while the process is killed, restarting or paused, 1 - p where p of the requests are
// refused, answered with an error, reset before they are read or vanish, 1 - s where a share s of their
// elements is to be sent again; where answers are lost it is 1, since what was sent is applied. What is due
// between two lives of the process is not offered. Floating point in plain additions, multiplications and
// divisions: the same on every machine.
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
