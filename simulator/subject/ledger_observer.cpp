#include "simulator/subject/ledger_observer.h"

#include "simulator/memory/arena.h"

namespace holdfast::subject {

void LedgerObserver::on_durable(Time now, const DurableClaim& claim) {
  const std::int64_t at = (now - start_.load()).count() + 1;
  for (const std::uint64_t reference : claim.references) {
    if (reference >= ledger_.size()) continue;  // another program may claim what nobody offered
    std::int64_t never = 0;
    ledger_.entry(reference).durable_ns.compare_exchange_strong(never, at);
  }
  const memory::Allocating outside(nullptr);  // whoever the subject's memory belongs to
  if (on_claim_) on_claim_(now, claim);
}

void LedgerObserver::on_dropped(Time, std::uint64_t reference, DropReason reason) {
  if (reference < ledger_.size()) ledger_.entry(reference).dropped.store(reason);
}

void LedgerObserver::on_breaker(Time now, BreakerState state) {
  const memory::Allocating outside(nullptr);
  if (on_breaker_) on_breaker_(now, state);
  base::MutexLock lock(mutex_);
  breaker_.push_back({.at = now - start_.load(), .state = state});
}

std::vector<oracle::BreakerChange> LedgerObserver::breaker_changes() {
  base::MutexLock lock(mutex_);
  return breaker_;
}

}  // namespace holdfast::subject
