// The worker that keeps the usage file: fetches what the intake counted, adds it to the book, and
// writes the book to the first location that takes it.
//
//   UsageWorker worker(shared);
//   worker.run();        // on a task, until the tracker stops: a flush every interval, or when asked
//   worker.finish(true); // then: the last flush; true when every other worker has ended
//
// A crash loses what was counted since the last flush; but the records are in the spool. So settled
// segments are held until the file has counted them (Spool::hold_from), and after a crash this worker
// counts what the spool still holds of the life that was killed. Both copies of the file have to say so
// before a segment is let go, since either may be the one that a start finds:
//
//   flush:  learn what locations say -> take the tally -> recount killed lives -> fold lives that are
//           over -> write -> let go the segments that are counted now
//                         `-> failed, and a disk is full: let go the oldest that memory has counted
//
// Nothing here is on the way of a record: when no location can be written, totals stay in memory.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"
#include "core/usage/store.h"

namespace holdfast::pipeline {

class UsageWorker {
 public:
  explicit UsageWorker(std::shared_ptr<Shared> shared);
  void run();
  void finish(bool all_ended);

 private:
  void flush(bool last);
  bool take_tally();
  bool recount_killed_lives();
  bool recount(const spool::SegmentInfo& segment);
  void give_up(const spool::SegmentInfo& segment);
  bool fold_lives_that_are_over();
  void let_go(std::uint32_t counted_below, bool last);
  bool disk_of_the_spool_is_short() const;
  void give_room();
  void note_counts();

  std::shared_ptr<Shared> shared_;
  Shared& s_;
  const usage::Bounds bounds_;
  const usage::PriceTable prices_;
  usage::Store store_;
  usage::Book book_;
  std::uint64_t counted_ = 0;                  // of this life, in the book
  std::vector<spool::SegmentInfo> uncounted_;  // segments not yet compared with the book
  std::vector<std::uint32_t> compared_;        // those that were, and are still held
  bool changed_ = false;                       // the book says more than the file
};

}  // namespace holdfast::pipeline
