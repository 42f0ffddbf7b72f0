// What a life of the subject leaves when it is over: its books and what it measured of itself. LIVE it
// travels from the subject's process to the harness (subject_report_json.h).
//
//   add_report(record, report);            // of each life, in their order
#pragma once

#include <optional>
#include <vector>

#include "core/stats.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::run {

struct SubjectReport {
  std::optional<Stats> stats;
  bool closed = false;
  std::vector<oracle::Bound> bounds;
  std::vector<oracle::BreakerChange> breaker;
  std::uint64_t allocations = 0;
  std::uint64_t exceptions = 0;
  std::optional<oracle::HostTask> host;
};

// The last life's books stand; of each bound, the life that came closest to its limit speaks for all.
// What is said of isolation stays with the report.
void add_report(oracle::RunRecord& record, const SubjectReport& report);
// Of a life that is not its tracker's last: no books.
void add_life(oracle::RunRecord& record, const SubjectReport& report);
// Of the last life of each tracker of a fleet: the books are summed up.
void add_last_life(oracle::RunRecord& record, const SubjectReport& report);
void add_bound(std::vector<oracle::Bound>& bounds, const oracle::Bound& bound);

}  // namespace holdfast::run
