#include "core/ingest/producer.h"

#include <algorithm>
#include <chrono>

namespace holdfast {

Outcome Producer::record_wait(const UsageRecord& usage, Time deadline, Scheduler& scheduler,
                              const Clock& clock) {
  constexpr Duration kPause = std::chrono::milliseconds(1);
  for (;;) {
    const Outcome outcome = record(usage);
    if (outcome != Outcome::rejected_ring_full) return outcome;
    const Time now = clock.now();
    if (now >= deadline) return outcome;
    // The refusal that is waited out was not final: the record is offered again, as one offer.
    slot_->rejected_ring_full.fetch_sub(1, std::memory_order_relaxed);
    scheduler.sleep_until(std::min(deadline, now + kPause));
  }
}

}  // namespace holdfast
