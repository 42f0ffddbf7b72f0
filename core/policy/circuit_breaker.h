// Stops calling an upstream that keeps failing, and finds out when it is back (Nygard, "Release
// It!", 2007).
//
//              threshold consecutive failures              open time over
//     closed ----------------------------------> open ----------------------> half_open
//        ^                                         ^                             |  |
//        |                                         +---- a probe fails ----------+  |
//        |                                               (the open time doubles)    |
//        +------------------------- a probe succeeds -------------------------------+
//
//   if (auto permit = breaker.try_acquire(now)) { ... breaker.succeed(*permit, now); }
//   else wait until breaker.retry_at();
//
// Every permit must come back through succeed, fail or abandon; pipeline::BreakerGate hands out
// permits that do so by themselves. A probe that has not come back after `permit_timeout` counts as
// failed, so half_open cannot last for ever. Results of an older state are ignored. Only failures
// that say something about the upstream's health belong here, once per request.
// Pure: no clock, lock or thread inside.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/random.h"
#include "core/base/time.h"

namespace holdfast::policy {

struct BreakerSettings {
  std::uint64_t failure_threshold;
  Duration open_time;  // the first pause; doubles with each failed probe
  Duration max_open_time;
  std::uint64_t half_open_permits;
  Duration permit_timeout;  // after which a silent probe counts as failed
};

class CircuitBreaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };
  struct Permit {
    std::uint64_t generation;  // of the state in which it was given
  };

  CircuitBreaker(BreakerSettings settings, RandomStream jitter);

  std::optional<Permit> try_acquire(Time now);
  void succeed(Permit permit, Time now);
  void fail(Permit permit, Time now);
  void abandon(Permit permit, Time now);  // ended without saying anything about the upstream

  State state() const { return state_; }
  // Earliest instant at which try_acquire() may answer differently.
  Time retry_at() const;
  std::uint64_t opens() const { return opens_; }
  // In the present state.
  std::uint64_t consecutive_failures() const { return consecutive_failures_; }

 private:
  BreakerSettings settings_;
  RandomStream jitter_;
  State state_ = State::closed;
  std::uint64_t generation_ = 0;
  std::uint64_t consecutive_failures_ = 0;
  std::uint64_t probes_out_ = 0;
  Time probes_expire_{};
  Time open_until_{};
  Duration next_open_time_;
  std::uint64_t opens_ = 0;

  void enter(State state);
  void open(Time now);
};

}  // namespace holdfast::policy
