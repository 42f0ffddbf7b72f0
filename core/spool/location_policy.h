// Which of the spool's locations is written, and when one that failed is tried again: always the
// best usable one, in the order primary (0), backup (1), emergency (2). When none is usable, only
// memory is left.
//
//   LocationPolicy policy(3, {.retry = 500ms, .longest_retry = 30s});
//   if (auto at = policy.in_use()) ...                // commit there
//   policy.fail(*at, now, LocationPolicy::Failure::refuses);
//   if (auto at = policy.due(now)) ...                // try it, with a file that nobody would miss
//   policy.restore(*at);                              // it worked: written again from the next commit on
//
//               fail                     due, tried, works
//   usable -------------> failed, pause -------------------> usable
//     ^ |                  ^         |
//     +-+ confirm          +---------+ due, tried, fails: the pause doubles
//
// The pause starts at `retry`, doubles up to `longest_retry`, and starts anew once a commit there
// has succeeded. While no location is usable every one of them is tried every `retry`. Pure: the
// caller passes `now` and brings its own lock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"

namespace holdfast::spool {

inline constexpr std::size_t kMostLocations = 3;

struct LocationRetry {
  Duration retry{0};
  Duration longest_retry{0};  // at least `retry`, or it counts as that
};

class LocationPolicy {
 public:
  // A location that hangs is left alone until a trial says that it answers in time again.
  enum class Failure : std::uint8_t { refuses, hangs };

  // Every location starts as failed and due: nobody has opened it yet.
  LocationPolicy(std::size_t locations, LocationRetry settings);

  std::optional<std::size_t> in_use() const;
  bool usable(std::size_t location) const { return states_[location].usable; }
  bool answers(std::size_t location) const { return !states_[location].hangs; }
  bool any_usable_but(std::size_t location) const;

  void fail(std::size_t location, Time now, Failure failure);
  void restore(std::size_t location);
  // A commit succeeded there.
  void confirm(std::size_t location) { states_[location].failures = 0; }
  // Something changed that may have cured it: it is due at once.
  void hasten(std::size_t location) { states_[location].failures = 0; }

  // The best failed location whose pause is over.
  std::optional<std::size_t> due(Time now) const;
  // When the next one is due; kNever when all are usable.
  Time next_due() const;

 private:
  struct State {
    bool usable = false;
    bool hangs = false;
    std::uint32_t failures = 0;  // since the last commit that succeeded; 0 and not usable: due at once
    Time failed_at{};
  };

  Time due_at(const State& state) const;

  LocationRetry settings_;
  std::vector<State> states_;
};

}  // namespace holdfast::spool
