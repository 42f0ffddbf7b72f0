#include "core/spool/location_policy.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast::spool {

LocationPolicy::LocationPolicy(std::size_t locations, LocationRetry settings)
    : settings_(settings), states_(locations) {
  HOLDFAST_CHECK(locations >= 1 && locations <= kMostLocations, "a spool has one to three locations");
  HOLDFAST_CHECK(settings.retry.count() > 0, "a failed location gets a pause");
  settings_.longest_retry = std::max(settings.retry, settings.longest_retry);
}

std::optional<std::size_t> LocationPolicy::in_use() const {
  const auto best = std::ranges::find(states_, true, &State::usable);
  if (best == states_.end()) return std::nullopt;
  return static_cast<std::size_t>(best - states_.begin());
}

bool LocationPolicy::any_usable_but(std::size_t location) const {
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (i != location && states_[i].usable) return true;
  return false;
}

void LocationPolicy::fail(std::size_t location, Time now, Failure failure) {
  State& state = states_[location];
  state.usable = false;
  state.hangs = failure == Failure::hangs;
  ++state.failures;
  state.failed_at = now;
}

void LocationPolicy::restore(std::size_t location) {
  states_[location].usable = true;
  states_[location].hangs = false;
}

Time LocationPolicy::due_at(const State& state) const {
  if (state.usable) return kNever;
  if (state.failures == 0) return Time{};
  if (!in_use()) return state.failed_at + settings_.retry;
  Duration pause = settings_.retry;
  for (std::uint32_t i = 1; i < state.failures && pause < settings_.longest_retry; ++i)
    pause = pause > settings_.longest_retry / 2 ? settings_.longest_retry : pause * 2;
  return state.failed_at + pause;
}

std::optional<std::size_t> LocationPolicy::due(Time now) const {
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (!states_[i].usable && due_at(states_[i]) <= now) return i;
  return std::nullopt;
}

Time LocationPolicy::next_due() const {
  Time next = kNever;
  for (const State& state : states_) next = std::min(next, due_at(state));
  return next;
}

}  // namespace holdfast::spool
