// What the host program's own task achieved beside the tracker, and alone (LIVE).
//
//   HostTask task = ...;                          // counted in the subject's process
//   retention_of(task, stress.armed)              // operations per second in W, over those alone
//   longest_gap(task, armed(run))                 // the worst stutter
//
// The task is a closed loop that records its own usage between operations: a gap is the time from one
// operation's end to the next one's, record() included. "Alone" is the same task in the same process
// before the tracker was opened and after it was closed, in the best tenth of a second: what else
// happens on the machine can only make the tracker look worse. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"

namespace holdfast::oracle {

struct Interval;
using Intervals = std::vector<Interval>;

struct HostTask {
  static constexpr Duration kBin = std::chrono::milliseconds(100);

  // One bin of the run: how many operations ended in it, and the longest gap that did.
  struct Bin {
    std::uint32_t operations = 0;
    Duration gap{0};
  };
  std::vector<Bin> bins;  // from the start of the run
  double alone_per_second = 0;
  Duration alone_gap{0};  // the longest
};

// Over the bins that lie wholly in the intervals; nothing when there is none, or no figure alone.
std::optional<double> retention_of(const HostTask& task, const Intervals& intervals);
std::optional<Duration> longest_gap(const HostTask& task, const Intervals& intervals);

}  // namespace holdfast::oracle
