// How many segment files a spool has on its disk, and how many its options allow.
//
//   SpoolFiles files(scenario);
//   files.sample(segments_below("/scratch/backing"));     // now and then
//   record.bounds.push_back(files.bound());
//
// Counted from outside the tracker, below the root of the disk, so wherever it puts them; what lies in
// a directory named quarantine is no part of the spool.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/oracle/run_record.h"
#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::run {

// LIVE: a directory that no fault touches. VIRTUAL: costs no virtual time.
std::uint64_t segments_below(const std::string& directory);
std::uint64_t segments_below(const world::MemoryDisk& disk, const std::string& directory);

// A segment ends before it is full when the spool is (which leaves at most one remainder beside each
// full one), when the disk fails or when a life of the tracker ends (after which it may hold a single
// record). One more is being written, one more removed.
std::uint64_t most_spool_files(const scenario::Scenario& scenario);

class SpoolFiles {
 public:
  explicit SpoolFiles(const scenario::Scenario& scenario)
      : bound_{.what = "spool files", .highest = 0, .limit = most_spool_files(scenario)} {}
  void sample(std::uint64_t files) { bound_.highest = std::max(bound_.highest, files); }
  const oracle::Bound& bound() const { return bound_; }

 private:
  oracle::Bound bound_;
};

}  // namespace holdfast::run
