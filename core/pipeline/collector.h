// The worker between the rings and the disk: takes records from the producers, gives them their
// identity, commits them in groups, and holds them in bounded memory while no disk takes them.
//
// It never drops a record: when disk and memory are full it stops draining, the rings fill, and
// record() answers rejected_ring_full.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"

namespace holdfast::pipeline {

class Collector {
 public:
  explicit Collector(std::shared_ptr<Shared> shared);
  void run();

 private:
  std::size_t collect(Time now);
  bool commit_due(Time now) const;
  void flush(Time now);
  void commit(Time now);
  void report(const spool::CommitResult& result, Time now);
  void note_failure(const Error& error, Time now);
  void spill(Time now);
  void reclaim(Time now);
  void give_up();
  void idle(std::size_t collected, Time now);

  std::shared_ptr<Shared> shared_;
  Shared& s_;
  std::vector<delivery::HeldRecord> staged_;  // collected, not yet committed
  std::vector<spool::PendingFrame> frames_;   // reused by commit()
  std::vector<std::uint64_t> references_;     // reused by report()
  std::vector<std::uint64_t> ends_;
  Time staged_since_{};
  Time disk_retry_at_{};
  Duration pause_;
};

}  // namespace holdfast::pipeline
