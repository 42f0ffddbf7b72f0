#include "core/policy/circuit_breaker.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast::policy {

CircuitBreaker::CircuitBreaker(BreakerSettings settings, RandomStream jitter)
    : settings_(settings), jitter_(jitter), next_open_time_(settings.open_time) {
  HOLDFAST_CHECK(settings.failure_threshold > 0 && settings.half_open_permits > 0, "thresholds are positive");
  HOLDFAST_CHECK(settings.open_time.count() > 0 && settings.open_time <= settings.max_open_time,
                 "0 < open time <= its maximum");
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::try_acquire(Time now) {
  if (state_ == State::closed) return Permit{generation_};
  if (state_ == State::open) {
    if (now < open_until_) return std::nullopt;
    enter(State::half_open);
  }
  if (probes_out_ >= settings_.half_open_permits) {
    if (now >= probes_expire_) open(now);  // the probes went silent: as good as failed
    return std::nullopt;
  }
  ++probes_out_;
  probes_expire_ = now + settings_.permit_timeout;
  return Permit{generation_};
}

void CircuitBreaker::succeed(Permit permit, Time) {
  if (permit.generation != generation_) return;
  consecutive_failures_ = 0;
  if (state_ != State::half_open) return;
  next_open_time_ = settings_.open_time;
  enter(State::closed);
}

void CircuitBreaker::fail(Permit permit, Time now) {
  if (permit.generation != generation_) return;
  ++consecutive_failures_;
  if (state_ == State::half_open || consecutive_failures_ >= settings_.failure_threshold) open(now);
}

void CircuitBreaker::abandon(Permit permit, Time) {
  if (permit.generation != generation_ || state_ != State::half_open) return;
  --probes_out_;
}

Time CircuitBreaker::retry_at() const {
  if (state_ == State::open) return open_until_;
  if (state_ == State::half_open && probes_out_ >= settings_.half_open_permits) return probes_expire_;
  return Time{};
}

void CircuitBreaker::enter(State state) {
  state_ = state;
  ++generation_;
  consecutive_failures_ = 0;
  probes_out_ = 0;
}

// The pause is shortened by up to a tenth, so that many trackers do not probe in step.
void CircuitBreaker::open(Time now) {
  enter(State::open);
  ++opens_;
  const auto tenth = static_cast<std::uint64_t>(next_open_time_.count()) / 10 + 1;
  const Duration shortened(static_cast<std::int64_t>(jitter_.below(tenth)));
  open_until_ = now + next_open_time_ - shortened;
  next_open_time_ =
      next_open_time_ > settings_.max_open_time / 2 ? settings_.max_open_time : next_open_time_ * 2;
}

}  // namespace holdfast::policy
