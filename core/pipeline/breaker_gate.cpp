#include "core/pipeline/breaker_gate.h"

namespace holdfast::pipeline {
namespace {

BreakerState observed(policy::CircuitBreaker::State state) {
  switch (state) {
    case policy::CircuitBreaker::State::closed: return BreakerState::closed;
    case policy::CircuitBreaker::State::open: return BreakerState::open;
    case policy::CircuitBreaker::State::half_open: return BreakerState::half_open;
  }
  return BreakerState::closed;
}

}  // namespace

BreakerGate::BreakerGate(policy::BreakerSettings settings, RandomStream jitter, const Clock& clock,
                         Event& changed, Observer& observer)
    : clock_(clock), changed_(changed), observer_(observer), breaker_(settings, jitter) {}

// Runs one change under the lock and tells the world of a new state after it.
template <class Change>
auto BreakerGate::apply(Time now, Change&& change) {
  policy::CircuitBreaker::State before, after;
  auto finish = [&] {
    if (before == after) return;
    observer_.on_breaker(now, observed(after));
    changed_.notify();
  };
  auto locked = [&] {
    base::MutexLock lock(mutex_);
    before = breaker_.state();
    auto result = change(breaker_);
    after = breaker_.state();
    return result;
  };
  auto result = locked();
  finish();
  return result;
}

std::optional<BreakerGate::Permit> BreakerGate::try_acquire(Time now) {
  auto permit = apply(now, [&](auto& breaker) { return breaker.try_acquire(now); });
  if (!permit) return std::nullopt;
  return Permit(*this, *permit);
}

Time BreakerGate::retry_at() const {
  base::MutexLock lock(mutex_);
  return breaker_.retry_at();
}

bool BreakerGate::hopeless(std::uint64_t failures) const {
  base::MutexLock lock(mutex_);
  return breaker_.state() != policy::CircuitBreaker::State::closed ||
         breaker_.consecutive_failures() >= failures;
}

std::uint64_t BreakerGate::opens() const {
  base::MutexLock lock(mutex_);
  return breaker_.opens();
}

void BreakerGate::Permit::succeed(Time now) {
  auto* gate = std::exchange(gate_, nullptr);
  gate->apply(now, [&](auto& breaker) { return breaker.succeed(permit_, now), 0; });
}

void BreakerGate::Permit::fail(Time now) {
  auto* gate = std::exchange(gate_, nullptr);
  gate->apply(now, [&](auto& breaker) { return breaker.fail(permit_, now), 0; });
}

BreakerGate::Permit::~Permit() {
  if (gate_ == nullptr) return;
  const Time now = gate_->clock_.now();
  gate_->apply(now, [&](auto& breaker) { return breaker.abandon(permit_, now), 0; });
  gate_->changed_.notify();  // its slot is free again
}

}  // namespace holdfast::pipeline
