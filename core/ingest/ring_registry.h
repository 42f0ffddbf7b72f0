// All producers of a tracker. Producers come and go under a lock; the intake walks its own copy
// of the list, renewed only when the list changed.
//
//   auto slot = registry.add();                 // any thread
//   std::size_t n = registry.drain(1000, f);    // one worker at a time
//   registry.note_collected();                  // what it drained is in its books
//   auto mark = registry.mark();                // any thread: all that is accepted so far ...
//   if (registry.collected(mark)) ...           // ... has been collected
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/ingest/producer.h"

namespace holdfast::ingest {

// Sums over every producer that ever was.
struct IngestCounts {
  std::uint64_t accepted = 0;
  std::uint64_t rejected_ring_full = 0;
  std::uint64_t rejected_too_large = 0;
  std::uint64_t rejected_closed = 0;
};

class RingRegistry {
 public:
  explicit RingRegistry(std::size_t ring_bytes) : ring_bytes_(ring_bytes) {}

  std::shared_ptr<ProducerSlot> add();

  // One worker at a time (pipeline/intake.h): at most `limit` frames. Each call begins at another ring, so
  // that none starves.
  template <class Take>
  std::size_t drain(std::size_t limit, Take&& take) {
    refresh();
    std::size_t total = 0;
    const std::size_t rings = mine_.size();
    for (std::size_t i = 0; i < rings && total < limit; ++i) {
      ProducerSlot& slot = *mine_[(next_ + i) % rings];
      const std::size_t got = slot.ring.drain(limit - total, take);
      slot.drained += got;
      total += got;
    }
    if (rings > 0) next_ = (next_ + 1) % rings;
    return total;
  }

  // Who drained says so: whoever asks collected() may be told of it from now on.
  void note_collected();

  // How much each producer had had accepted at one instant.
  using Mark = std::vector<std::pair<std::shared_ptr<const ProducerSlot>, std::uint64_t>>;
  Mark mark();
  static bool collected(const Mark& mark);

  // No producer records any more after this but those already inside record().
  void close() { closed_.store(true, std::memory_order_seq_cst); }
  bool closed() const { return closed_.load(std::memory_order_relaxed); }

  IngestCounts counts();

 private:
  void refresh();

  const std::size_t ring_bytes_;
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> version_{0};

  base::Mutex mutex_;
  std::vector<std::shared_ptr<ProducerSlot>> slots_;  // guarded by mutex_
  IngestCounts retired_;                              // guarded by mutex_: counts of dropped slots

  std::vector<std::shared_ptr<ProducerSlot>> mine_;  // the copy of whoever drains
  std::uint64_t mine_version_ = ~std::uint64_t{0};
  std::size_t next_ = 0;
};

}  // namespace holdfast::ingest
