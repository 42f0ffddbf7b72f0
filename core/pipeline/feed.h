// Brings committed records to the shippers. While the queue keeps up they go there directly from
// memory; once it was full they stay on disk and the replay worker reads them back, in order, until
// it has caught up.
//
//             queue has room                    cursor reaches the end
//   direct  ------------------> push    replay --------------------------> direct
//           --- queue full ---> replay
//
// A segment that cannot be read is set aside after a while and tried again later, so that it holds up
// its own records and no others. Segments that lie apart from the order are read in the same way.
//
// committed() is the collector's, refill() and read_apart() the replay worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
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
    std::optional<Error> error;  // what was read before it counts all the same
  };
  Refill refill(Time now);
  // Segments that were found late are read too.
  void read_apart(std::span<const std::uint32_t> segments, Time now);

  bool direct() const;

 private:
  using Read = decltype(&spool::Spool::read);
  struct Aside {
    spool::Cursor cursor;
    Time retry_at;
  };

  bool behind_cursor(const delivery::HeldRecord& record) const;
  bool move(Read read, spool::Cursor& cursor, Refill& refill, Time now);
  void read_aside(Refill& refill, Time now);
  void pass_over(spool::Cursor& cursor, Time now);

  spool::Spool& spool_;
  delivery::BatchQueue& queue_;
  mutable base::Mutex mutex_;
  // Moved by the collector while direct_, by the replay worker while not.
  spool::Cursor cursor_;
  bool direct_;
  std::optional<Time> failing_since_;  // the replay worker's, as is aside_
  std::deque<Aside> aside_;
};

}  // namespace holdfast::pipeline
