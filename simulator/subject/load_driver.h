// Offers the records of a schedule to a subject, one task per producer, and writes each call into
// the ledger. Open loops call at the intended instants, late if they must (the lag is measured);
// closed loops call again `think` after the last call returned.
//
//   LoadDriver driver(env, load, schedule, ledger, subject);
//   driver.run(start, end);        // blocks its task until all producers are through
//
// A restarted subject goes on where the time stands: earlier arrivals stay unissued.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "core/env/environment.h"
#include "simulator/load/arrivals.h"
#include "simulator/oracle/ledger.h"
#include "simulator/subject/subject.h"

namespace holdfast::subject {

class LoadDriver {
 public:
  struct Settings {
    scenario::Load load;
    std::uint64_t seed = 0;
    std::uint16_t incarnation = 0;
    bool goes_on = false;               // not the first life: what was due before it stays unissued
    std::uint64_t first_reference = 0;  // of the schedule's records
    std::uint32_t first_producer = 0;   // those before it have threads of their own: due_calls()
    std::function<void()> after_call;   // VIRTUAL: tells the scheduler that a ring has something
    bool spin_short_pauses = false;     // LIVE: closed loops pause more exactly than a timer can
    // LIVE: how often the calling thread lost its processor so far. Read outside the span that is
    // measured; a call between two different counts is marked disturbed.
    std::function<std::uint64_t()> lost_processor;
  };

  LoadDriver(Environment env, Settings settings, const load::Schedule& schedule, oracle::Ledger& ledger,
             Subject& subject);

  // `start` is the instant of the run's start, `end` when the load ends.
  void run(Time start, Time end);
  // An open loop's producer without a task: whoever has the thread calls this often, with the time,
  // and the calls that are due are made there and then.
  std::function<void(Time now)> due_calls(std::uint32_t producer, Time start);

  // What record() did to its callers, counted around each call of the subject's own code.
  std::uint64_t allocations() const { return allocations_.load(); }
  std::uint64_t exceptions() const { return exceptions_.load(); }

  // Producers end at their next look.
  void cancel() { cancelled_.store(true); }

 private:
  void produce_open(std::uint32_t producer, Time start);
  void produce_closed(std::uint32_t producer, Time start, Time end);
  void call(Caller& caller, const load::ArrivalTime& arrival, std::uint64_t reference, Time start);
  void timed_call(Caller& caller, const UsageRecord& record, oracle::LedgerEntry& entry, Time start);
  std::uint64_t lost_processor() const { return settings_.lost_processor ? settings_.lost_processor() : 0; }
  oracle::CallOutcome watched_call(Caller& caller, const UsageRecord& record);
  void pause_until(Time when);

  Environment env_;
  Settings settings_;
  const load::Schedule& schedule_;
  oracle::Ledger& ledger_;
  Subject& subject_;
  std::atomic<bool> cancelled_{false};
  std::atomic<std::uint64_t> allocations_{0};
  std::atomic<std::uint64_t> exceptions_{0};
};

}  // namespace holdfast::subject
