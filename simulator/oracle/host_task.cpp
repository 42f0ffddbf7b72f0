#include "simulator/oracle/host_task.h"

#include <algorithm>

#include "simulator/oracle/intervals.h"

namespace holdfast::oracle {
namespace {

template <class See>
void each_bin_in(const HostTask& task, const Intervals& intervals, See see) {
  Duration from{0};
  for (const auto& bin : task.bins) {
    const Interval* home = interval_at(intervals, from);
    if (home != nullptr && from + HostTask::kBin <= home->to) see(bin);
    from += HostTask::kBin;
  }
}

}  // namespace

std::optional<double> retention_of(const HostTask& task, const Intervals& intervals) {
  std::uint64_t operations = 0;
  Duration span{0};
  each_bin_in(task, intervals, [&](const HostTask::Bin& bin) {
    operations += bin.operations;
    span += HostTask::kBin;
  });
  if (span.count() == 0 || task.alone_per_second <= 0) return std::nullopt;
  const double seconds = static_cast<double>(span.count()) / 1e9;
  return static_cast<double>(operations) / seconds / task.alone_per_second;
}

std::optional<Duration> longest_gap(const HostTask& task, const Intervals& intervals) {
  std::optional<Duration> longest;
  each_bin_in(task, intervals,
              [&](const HostTask::Bin& bin) { longest = std::max(longest.value_or(Duration{0}), bin.gap); });
  return longest;
}

}  // namespace holdfast::oracle
