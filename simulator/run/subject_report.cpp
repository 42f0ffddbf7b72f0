#include "simulator/run/subject_report.h"

#include <algorithm>

namespace holdfast::run {
namespace {

// What it left of its limit, below 0 when it went beyond: a limit depends on what the life had when it
// began.
std::int64_t room(const oracle::Bound& bound) {
  return static_cast<std::int64_t>(bound.limit) - static_cast<std::int64_t>(bound.highest);
}

}  // namespace

void add_report(oracle::RunRecord& record, const SubjectReport& report) {
  record.stats = report.stats;
  record.closed = report.closed;
  record.host = report.host;
  record.breaker.insert(record.breaker.end(), report.breaker.begin(), report.breaker.end());
  for (const auto& bound : report.bounds) add_bound(record.bounds, bound);
}

void add_bound(std::vector<oracle::Bound>& bounds, const oracle::Bound& bound) {
  const auto known = std::ranges::find(bounds, bound.what, &oracle::Bound::what);
  if (known == bounds.end())
    bounds.push_back(bound);
  else if (room(bound) < room(*known))
    *known = bound;
}

}  // namespace holdfast::run
