// Where the intake leaves what it counted, and the usage worker fetches it.
//
//   desk.count(records, wall);                    // intake: behind the rings, before the commit
//   auto handed = desk.take();                    // usage worker: everything counted so far
//   pour(handed.tally, totals, prices, bounds);
//   desk.ask(); ... desk.counted();               // any task: a file with that many is waited for
//
// Two tallies take turns: the worker swaps them under the lock, so the intake waits for a swap at
// most and never for a disk. Records are counted in the order of their sequences.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/base/time.h"
#include "core/delivery/held_record.h"
#include "core/env/scheduler.h"
#include "core/options.h"
#include "core/usage/price_table.h"
#include "core/usage/tally.h"

namespace holdfast::pipeline {

usage::Bounds usage_bounds(const UsageOptions& options);

// One record's frame, under its day.
void count_frame(usage::Tally& tally, Bytes frame, usage::Day today, std::uint64_t days);
// Adds the tally to the totals and empties it. Returns how many records went to a row called "other".
std::uint64_t pour(usage::Tally& tally, usage::Totals& totals, const usage::PriceTable& prices,
                   const usage::Bounds& bounds);

class UsageDesk {
 public:
  UsageDesk(const UsageOptions& options, RandomStream seeds, std::unique_ptr<Event> due);

  void count(std::span<const delivery::HeldRecord> records, WallTime wall);

  struct Handed {
    usage::Tally& tally;        // the caller's until its next take()
    std::uint64_t counted = 0;  // the highest sequence in it or in an earlier one
  };
  Handed take();
  // The highest sequence counted: no record that was collected before this call has a higher one.
  std::uint64_t counted() const;

  // Somebody waits for a flush.
  void ask() {
    asked.store(true);
    due->notify();
  }
  std::atomic<bool> asked{false};
  std::atomic<bool> wants_room{false};  // the next segment that is retired is reason to ask
  const std::unique_ptr<Event> due;

 private:
  const std::uint64_t days_;
  mutable base::Mutex mutex_;
  std::unique_ptr<usage::Tally> filling_;  // guarded by mutex_
  std::uint64_t counted_ = 0;              // guarded by mutex_
  std::unique_ptr<usage::Tally> handed_;   // the worker's
};

}  // namespace holdfast::pipeline
