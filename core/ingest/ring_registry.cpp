#include "core/ingest/ring_registry.h"

#include <algorithm>

namespace holdfast::ingest {
namespace {

void add_counts(IngestCounts& sum, const ProducerSlot& slot) {
  sum.accepted += slot.accepted.load(std::memory_order_relaxed);
  sum.rejected_ring_full += slot.rejected_ring_full.load(std::memory_order_relaxed);
  sum.rejected_too_large += slot.rejected_too_large.load(std::memory_order_relaxed);
  sum.rejected_closed += slot.rejected_closed.load(std::memory_order_relaxed);
}

bool finished(const ProducerSlot& slot) {
  return slot.released.load(std::memory_order_acquire) && slot.ring.empty();
}

}  // namespace

std::shared_ptr<ProducerSlot> RingRegistry::add() {
  auto slot = std::make_shared<ProducerSlot>(ring_bytes_, closed_);
  base::MutexLock lock(mutex_);
  slots_.push_back(slot);
  version_.fetch_add(1, std::memory_order_release);
  return slot;
}

void RingRegistry::refresh() {
  const bool any_finished =
      std::any_of(mine_.begin(), mine_.end(), [](const auto& slot) { return finished(*slot); });
  if (!any_finished && mine_version_ == version_.load(std::memory_order_acquire)) return;
  base::MutexLock lock(mutex_);
  std::erase_if(slots_, [&](const auto& slot) {
    if (!finished(*slot)) return false;
    add_counts(retired_, *slot);
    return true;
  });
  mine_ = slots_;
  mine_version_ = version_.load(std::memory_order_acquire);
}

void RingRegistry::note_collected() {
  for (const auto& slot : mine_) slot->collected.store(slot->drained, std::memory_order_release);
}

RingRegistry::Mark RingRegistry::mark() {
  base::MutexLock lock(mutex_);
  Mark mark;
  for (const auto& slot : slots_) mark.emplace_back(slot, slot->accepted.load(std::memory_order_relaxed));
  return mark;
}

bool RingRegistry::collected(const Mark& mark) {
  return std::ranges::all_of(mark, [](const auto& producer) {
    return producer.first->collected.load(std::memory_order_acquire) >= producer.second;
  });
}

IngestCounts RingRegistry::counts() {
  base::MutexLock lock(mutex_);
  IngestCounts sum = retired_;
  for (const auto& slot : slots_) add_counts(sum, *slot);
  return sum;
}

}  // namespace holdfast::ingest
