#include "simulator/run/subject_report.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

namespace holdfast::run {
namespace {

// What it left of its limit, below 0 when it went beyond: a limit depends on what the life had when it
// began.
std::int64_t room(const oracle::Bound& bound) {
  return static_cast<std::int64_t>(bound.limit) - static_cast<std::int64_t>(bound.highest);
}

// Of the places where trackers are, the worst stands.
Stats sum_of(const Stats& a, const Stats& b) {
  using Counters = std::array<std::uint64_t, sizeof(Stats) / sizeof(std::uint64_t)>;
  auto sums = std::bit_cast<Counters>(a);
  const auto others = std::bit_cast<Counters>(b);
  std::ranges::transform(sums, others, sums.begin(), std::plus{});
  auto sum = std::bit_cast<Stats>(sums);
  sum.spool_location = std::max(a.spool_location, b.spool_location);
  return sum;
}

}  // namespace

void add_report(oracle::RunRecord& record, const SubjectReport& report) {
  record.stats = report.stats;
  record.closed = report.closed;
  record.host = report.host;
  add_life(record, report);
}

void add_last_life(oracle::RunRecord& record, const SubjectReport& report) {
  const bool first = !record.stats;
  record.closed = report.closed && (first || record.closed);
  record.stats = first || !report.stats ? report.stats : sum_of(*record.stats, *report.stats);
  add_life(record, report);
}

void add_life(oracle::RunRecord& record, const SubjectReport& report) {
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
