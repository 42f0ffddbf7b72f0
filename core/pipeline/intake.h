// Takes records out of the rings and gives each its identity: the epoch of this life and a sequence
// number, which never change again.
//
//   intake.take(limit, stamp, epoch, staged);      // adds to `staged`; says how many
//
// For two workers, one at a time: the collector, and the bypass while the collector is stuck.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/mutex.h"
#include "core/delivery/held_record.h"
#include "core/ingest/ring_registry.h"
#include "core/pipeline/held_count.h"

namespace holdfast::pipeline {

class Intake {
 public:
  Intake(ingest::RingRegistry& rings, HeldCount& held) : rings_(rings), held_(held) {}

  // They are counted as held before they count as collected, so that nobody misses them in between.
  // `stamp`, nanoseconds since 1970, is for records that came without a time.
  std::size_t take(std::size_t limit, std::int64_t stamp, std::uint64_t epoch,
                   std::vector<delivery::HeldRecord>& into);

 private:
  ingest::RingRegistry& rings_;
  HeldCount& held_;
  base::Mutex mutex_;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace holdfast::pipeline
