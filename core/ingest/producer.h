// A producer's handle: its own ring and its own counters. One per thread (or fiber), not shared.
//
//   Producer producer = tracker.make_producer();
//   if (producer.record(usage) != Outcome::accepted) ...   // counted; the record is still yours
//
// record() takes no lock, allocates nothing, makes no system call, reads no clock, throws nothing.
// record_wait() is for callers who would rather wait for room than be refused.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/env/clock.h"
#include "core/env/scheduler.h"
#include "core/ingest/frame_ring.h"
#include "core/ingest/record_frame.h"
#include "core/record.h"

namespace holdfast {

namespace ingest {

// What one producer shares with the intake.
struct ProducerSlot {
  explicit ProducerSlot(std::size_t ring_bytes, const std::atomic<bool>& closed_flag)
      : ring(ring_bytes), closed(closed_flag) {}

  FrameRing<> ring;
  const std::atomic<bool>& closed;  // set by close(), read before each record

  // Written by the producer alone, read by stats().
  alignas(kCacheLine) std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> rejected_ring_full{0};
  std::atomic<std::uint64_t> rejected_too_large{0};
  std::atomic<std::uint64_t> rejected_closed{0};
  std::atomic<bool> released{false};  // the handle is gone; the intake may drop the slot once empty

  // Written by the intake alone: frames drained, and how many of them are in its books.
  std::uint64_t drained = 0;
  std::atomic<std::uint64_t> collected{0};
};

}  // namespace ingest

class Producer {
 public:
  explicit Producer(std::shared_ptr<ingest::ProducerSlot> slot) : slot_(std::move(slot)) {}
  Producer(Producer&&) noexcept = default;
  Producer& operator=(Producer&&) = delete;
  ~Producer() {
    if (slot_) slot_->released.store(true, std::memory_order_release);
  }

  Outcome record(const UsageRecord& record) noexcept;

  // Waits until there is room, at latest until the deadline. Blocks: not for hot paths.
  Outcome record_wait(const UsageRecord& record, Time deadline, Scheduler& scheduler, const Clock& clock);

 private:
  // One writer: a load and a store cost a nanosecond, an atomic increment twenty.
  static void count(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  std::shared_ptr<ingest::ProducerSlot> slot_;
};

inline Outcome Producer::record(const UsageRecord& record) noexcept {
  ingest::ProducerSlot& slot = *slot_;
  if (slot.closed.load(std::memory_order_relaxed)) [[unlikely]] {
    count(slot.rejected_closed);
    return Outcome::rejected_closed;
  }
  if (!ingest::text_fits(record)) [[unlikely]] {
    count(slot.rejected_too_large);
    return Outcome::rejected_too_large;
  }
  std::byte* at = slot.ring.prepare(ingest::frame_size(record));
  if (at == nullptr) [[unlikely]] {
    count(slot.rejected_ring_full);
    return Outcome::rejected_ring_full;
  }
  ingest::write_frame(record, at);
  count(slot.accepted);  // before the commit, so that no onlooker sees more collected than accepted
  slot.ring.commit();
  return Outcome::accepted;
}

}  // namespace holdfast
