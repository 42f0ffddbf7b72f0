// Brings committed records to the shippers. While the queue keeps up they go there directly from
// memory; once it was full they stay on disk and the replay worker reads them back, in order, until
// it has caught up.
//
//             queue has room                    cursor reaches the end
//   direct  ------------------> push    replay --------------------------> direct
//           --- queue full ---> replay
//
// committed() is the collector's, refill() the replay worker's.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/mutex.h"
#include "core/delivery/batch_queue.h"
#include "core/spool/spool.h"

namespace holdfast::pipeline {

class Feed {
 public:
  Feed(spool::Spool& spool, delivery::BatchQueue& queue);

  // These records are durable now. True when they went to the queue, false when they wait on disk.
  bool committed(std::span<const delivery::HeldRecord> records, Time now);

  struct Refill {
    std::size_t moved = 0;
    std::uint64_t damaged = 0;
  };
  Result<Refill> refill(Time now);

  bool direct() const;

 private:
  bool behind_cursor(const delivery::HeldRecord& record) const;

  spool::Spool& spool_;
  delivery::BatchQueue& queue_;
  mutable base::Mutex mutex_;
  // Moved by the collector while direct_, by the replay worker while not.
  spool::Cursor cursor_;
  bool direct_;
};

}  // namespace holdfast::pipeline
