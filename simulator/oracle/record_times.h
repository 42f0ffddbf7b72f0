// One ledger entry as a value: plain times from the start of the run instead of shared atomics.
//
//   RecordTimes times = times_of(ledger.entry(reference));
//   if (times.safe() <= times.intended + 1s) ...
#pragma once

#include <algorithm>
#include <chrono>

#include "core/base/time.h"
#include "simulator/oracle/ledger.h"

namespace holdfast::oracle {

// Later than everything, so that comparisons with it say what they mean.
inline constexpr Duration kNotYet = Duration::max();

// A ledger's time: nanoseconds + 1, and 0 for never.
inline Duration from_ledger(std::int64_t stored) { return stored == 0 ? kNotYet : Duration(stored - 1); }
inline std::int64_t to_ledger(Duration at) { return at.count() + 1; }

struct RecordTimes {
  Duration intended = kNotYet;  // a closed loop intends each call when it makes it
  Duration called = kNotYet;
  Duration returned = kNotYet;
  Duration durable = kNotYet;
  Duration delivered = kNotYet;
  CallOutcome outcome = CallOutcome::unissued;

  bool accepted() const { return outcome == CallOutcome::accepted; }
  // Durable in any location or acknowledged by the upstream, whichever was first. Memory is not safe.
  Duration safe() const { return std::min(durable, delivered); }
};

inline RecordTimes times_of(const LedgerEntry& entry) {
  RecordTimes times{.intended = from_ledger(entry.intended_ns.load(std::memory_order_acquire)),
                    .called = from_ledger(entry.call_ns.load(std::memory_order_acquire)),
                    .returned = from_ledger(entry.return_ns.load(std::memory_order_acquire)),
                    .durable = from_ledger(entry.durable_ns.load(std::memory_order_acquire)),
                    .delivered = from_ledger(entry.delivered_ns.load(std::memory_order_acquire)),
                    .outcome = entry.outcome.load(std::memory_order_acquire)};
  if (times.intended == kNotYet) times.intended = times.called;
  return times;
}

inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace holdfast::oracle
