// Takes records out of the rings and gives each its identity: the epoch of this life and a sequence
// number, which never change again. Where usage is counted, it is counted here, in order of sequence.
//
//   intake.take(limit, wall, epoch, staged);       // adds to `staged`; says how many
//
// For two workers, one at a time: the collector, and the bypass while the collector is stuck.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/mutex.h"
#include "core/delivery/held_record.h"
#include "core/ingest/ring_registry.h"
#include "core/pipeline/held_count.h"
#include "core/pipeline/usage_desk.h"

namespace holdfast::pipeline {

class Intake {
 public:
  // `usage` may be null.
  Intake(ingest::RingRegistry& rings, HeldCount& held, UsageDesk* usage)
      : rings_(rings), held_(held), usage_(usage) {}

  // They are counted as held before they count as collected, so that nobody misses them in between.
  // `wall` is the time of records that came without one.
  std::size_t take(std::size_t limit, WallTime wall, std::uint64_t epoch,
                   std::vector<delivery::HeldRecord>& into);

 private:
  ingest::RingRegistry& rings_;
  HeldCount& held_;
  UsageDesk* usage_;
  base::Mutex mutex_;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace holdfast::pipeline
