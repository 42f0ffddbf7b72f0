// Threads and descriptors of a process while a tracker runs in it, against what it had without one.
//
//   ProcessSampler process(options);      // before the tracker is opened
//   process.sample(harness_threads);      // now and then
//   process.add_to(report.bounds);
//
// One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/options.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::run {

class ProcessSampler {
 public:
  explicit ProcessSampler(const Options& options);
  // `harness_threads`: those that came since and are not the tracker's.
  void sample(std::uint64_t harness_threads);
  void add_to(std::vector<oracle::Bound>& bounds) const;

 private:
  oracle::Bound threads_;
  oracle::Bound descriptors_;
};

}  // namespace holdfast::run
