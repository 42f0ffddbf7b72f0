// What the subject's process tells the harness when it has closed: its books and what it measured
// of itself, as a JSON file written whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
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

Status write_report(const std::string& path, const SubjectReport& report);
Result<SubjectReport> read_report(const std::string& path);

}  // namespace holdfast::run
