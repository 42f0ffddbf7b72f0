// The circuit breaker of one upstream, shared by its shippers. Permits return themselves.
//
//   if (auto permit = gate.try_acquire(now)) {
//     ... send ...
//     permit->succeed(now);        // or fail(now); dropped without either, it is abandoned
//   }
//
// Safe from any task.
#pragma once

#include <optional>
#include <utility>

#include "core/base/mutex.h"
#include "core/env/clock.h"
#include "core/env/scheduler.h"
#include "core/observer.h"
#include "core/policy/circuit_breaker.h"

namespace holdfast::pipeline {

class BreakerGate {
 public:
  class Permit {
   public:
    Permit(BreakerGate& gate, policy::CircuitBreaker::Permit permit) : gate_(&gate), permit_(permit) {}
    Permit(Permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), permit_(other.permit_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();
    void succeed(Time now);
    void fail(Time now);

   private:
    BreakerGate* gate_;
    policy::CircuitBreaker::Permit permit_;
  };

  // `changed` is notified whenever waiting tasks should ask again.
  BreakerGate(policy::BreakerSettings settings, RandomStream jitter, const Clock& clock, Event& changed,
              Observer& observer);

  std::optional<Permit> try_acquire(Time now);
  Time retry_at() const;
  // Whether the upstream gives no reason to wait for it: the breaker is not closed, or so many requests
  // failed one after the other.
  bool hopeless(std::uint64_t failures) const;
  std::uint64_t opens() const;

 private:
  friend class Permit;
  template <class Change>
  auto apply(Time now, Change&& change);

  const Clock& clock_;
  Event& changed_;
  Observer& observer_;
  mutable base::Mutex mutex_;
  policy::CircuitBreaker breaker_;
};

}  // namespace holdfast::pipeline
