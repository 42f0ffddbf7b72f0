// Writes what the core tells its observer into the ledger: when a record became durable, why one
// was dropped. Each claim of durability is also handed on, to be checked against the disk.
#pragma once

#include <atomic>
#include <functional>

#include "core/base/mutex.h"
#include "core/observer.h"
#include "simulator/oracle/ledger.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::subject {

class LedgerObserver final : public Observer {
 public:
  using OnClaim = std::function<void(Time, const DurableClaim&)>;
  using OnBreaker = std::function<void(Time, BreakerState)>;

  LedgerObserver(oracle::Ledger& ledger, Time start, OnClaim on_claim)
      : ledger_(ledger), start_(start), on_claim_(std::move(on_claim)) {}

  void on_durable(Time now, const DurableClaim& claim) override;
  void on_dropped(Time now, std::uint64_t reference, DropReason reason) override;
  void on_breaker(Time now, BreakerState state) override;

  // Before the subject is opened.
  void when_breaker(OnBreaker on_breaker) { on_breaker_ = std::move(on_breaker); }
  // For a subject that was opened before its run's start was known. Before any record is offered.
  void set_start(Time start) { start_ = start; }

  std::vector<oracle::BreakerChange> breaker_changes();

 private:
  oracle::Ledger& ledger_;
  std::atomic<Time> start_;
  OnClaim on_claim_;
  OnBreaker on_breaker_;
  base::Mutex mutex_;
  std::vector<oracle::BreakerChange> breaker_;
};

}  // namespace holdfast::subject
