// Every request while somebody asks, a JSON line each: what was asked, what was decided, how it ended.
//
//   trace.begin(call, decision, caller);       // when it is judged
//   trace.answered(call.request, error);       // when the kernel gets its answer
//   TraceLines lines = trace.take(when);       // whoever asks; the first question switches it on
//
//   {"t":..,"op":"write","path":"a","offset":0,"size":512,"pid":9,"comm":"fio","decision":"go on",
//    "duration":41000,"result":"ok"}
//
// Bounded: what nobody takes before kMostLines have come, and what waits behind kMostOpen requests, is
// dropped and counted. It switches itself off when nobody has asked for kIdle. Off, it costs a look at a
// flag. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/time.h"
#include "faultfs/control/protocol_json.h"
#include "faultfs/fuse/caller.h"
#include "faultfs/model/call.h"
#include "faultfs/model/decision.h"
#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {

class Trace {
 public:
  static constexpr std::size_t kMostLines = 10'000;
  static constexpr std::size_t kMostOpen = 10'000;
  static constexpr Duration kIdle = std::chrono::seconds(3);

  bool is_on() const { return on_.load(std::memory_order_relaxed); }
  void begin(const Call& call, const Decision& decision, const Caller& caller);
  void answered(std::uint64_t request, int error);
  // From now on of those requests that `when` means by operation, path, open flags, place and size.
  TraceLines take(const Trigger& when);

 private:
  // As far as it is known when it is judged.
  struct Request {
    Time start;
    std::string line;
  };
  std::atomic<bool> on_{false};
  std::mutex mutex_;
  Trigger when_;
  Time asked_{};
  std::unordered_map<std::uint64_t, Request> open_;  // by the kernel's number
  std::deque<std::string> lines_;
  std::uint64_t dropped_ = 0;  // since the last question

  void switch_off_if_idle(Time now);
};

}  // namespace holdfast::faultfs
