// What the shippers work off: fresh records in order of arrival, cut into batches when taken, and
// batches that come back for another attempt after a pause. A batch keeps its id over its attempts.
//
//   queue.push(records, now);
//   if (auto batch = queue.take(now)) ... else wait until queue.ready_at(now)
//   queue.give_back(std::move(*batch), now + pause);
//
// A part-filled batch waits `linger` for more. Bounded by whoever pushes: room() says how much.
// Pure but for its lock; safe from any task.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/time.h"
#include "core/delivery/held_record.h"

namespace holdfast::delivery {

struct Batch {
  std::uint64_t id = 0;
  std::uint32_t attempt = 0;
  std::vector<HeldRecord> records;
};

struct BatchQueueSettings {
  std::uint64_t batch_records = 0;
  std::uint64_t queue_records = 0;
  Duration linger{0};
};

class BatchQueue {
 public:
  explicit BatchQueue(BatchQueueSettings settings) : settings_(settings) {}

  void push(std::span<const HeldRecord> records, Time now);
  std::optional<Batch> take(Time now);
  // Earliest instant at which take() may give something; kNever when nothing is queued.
  Time ready_at(Time now) const;
  // A batch of its own id, for records split off another.
  Batch new_batch(std::vector<HeldRecord> records);
  // For another attempt not before `when`.
  void give_back(Batch batch, Time when);

  // Takes up to `limit` records that only memory has out of the queue, oldest first.
  std::vector<HeldRecord> take_unspooled(std::size_t limit);
  // Takes everything, whatever its time: for the end.
  std::vector<HeldRecord> take_all();

  // While draining, part-filled batches do not wait.
  void set_draining(bool draining);

  std::size_t size() const;
  std::size_t unspooled() const;
  std::size_t room() const;

 private:
  struct Delayed {
    Time when;
    Batch batch;
  };

  Batch cut(Time now);
  void count(std::span<const HeldRecord> records, int sign);
  Time fresh_ready_at() const;

  const BatchQueueSettings settings_;
  mutable base::Mutex mutex_;
  std::deque<HeldRecord> fresh_;
  Time oldest_fresh_{};
  std::deque<Delayed> delayed_;  // in order of `when`
  std::size_t size_ = 0;
  std::size_t unspooled_ = 0;
  std::uint64_t next_batch_ = 1;
  bool draining_ = false;
};

}  // namespace holdfast::delivery
