// The ledger: one entry per offered record, written by whoever knows. The load driver writes call,
// return and outcome; the core's observer writes `durable` and drop reasons; the upstream alone
// writes `delivered`. In LIVE it is a MAP_SHARED file outside the faulted mount, so it survives
// kill -9; in VIRTUAL it is plain memory. Times count nanoseconds from the start of the run + 1, so
// that 0 means "never".
//
//   auto ledger = Ledger::create_file(path, capacity);   // the harness
//   auto ledger = Ledger::open_file(path);               // the subject's process
//   ledger->entry(reference).durable_ns.store(...)
//
// Each field has one writer at a time; fields are lock-free atomics, so readers in another process
// see whole values.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/observer.h"
#include "core/record.h"

namespace holdfast::oracle {

enum class CallOutcome : std::uint8_t {
  unissued,
  calling,
  accepted,
  rejected_ring_full,
  rejected_too_large,
  rejected_closed,
  failed
};

struct LedgerEntry {
  std::atomic<std::int64_t> intended_ns{0};
  std::atomic<std::int64_t> call_ns{0};
  std::atomic<std::int64_t> return_ns{0};
  std::atomic<std::int64_t> durable_ns{0};    // first claim of durability
  std::atomic<std::int64_t> delivered_ns{0};  // first application at the upstream
  std::atomic<std::uint64_t> key{0};          // hash of the first idempotency key it was delivered under
  std::atomic<std::uint32_t> deliveries{0};   // applications and repeats seen by the upstream
  std::atomic<CallOutcome> outcome{CallOutcome::unissued};
  std::atomic<DropReason> dropped{DropReason::none};
  std::atomic<bool> second_key{false};        // delivered under two keys: breaks identity
  std::atomic<bool> disturbed{false};         // LIVE: the caller lost its processor during the call
  std::atomic<std::uint16_t> incarnation{0};  // which life of the subject made the call
};
static_assert(sizeof(LedgerEntry) == 64);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

class Ledger {
 public:
  static std::unique_ptr<Ledger> in_memory(std::uint64_t capacity);
  static Result<std::unique_ptr<Ledger>> create_file(const std::string& path, std::uint64_t capacity);
  static Result<std::unique_ptr<Ledger>> open_file(const std::string& path);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  std::uint64_t capacity() const { return capacity_; }
  // Entries used: open loops fix it at the start, closed loops claim one per call.
  std::uint64_t size() const;
  void set_size(std::uint64_t size);
  // Claims the next entry, for closed loops; nullopt-like capacity() when the ledger is full.
  std::uint64_t claim();

  LedgerEntry& entry(std::uint64_t reference);
  const LedgerEntry& entry(std::uint64_t reference) const;

  // LIVE: the CLOCK_MONOTONIC instant that is the start of the run, shared by all processes.
  std::int64_t start_ns() const;
  void set_start_ns(std::int64_t start_ns);

 private:
  struct Header;
  Ledger(void* memory, std::size_t bytes, bool mapped);

  void* memory_;
  std::size_t bytes_;
  bool mapped_;
  std::uint64_t capacity_ = 0;
  Header* header() const;
  LedgerEntry* entries() const;
};

}  // namespace holdfast::oracle
