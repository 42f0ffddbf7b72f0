#include "simulator/oracle/recovery.h"

#include <algorithm>
#include <vector>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

// Counts the members of a sorted list of instants in a window that only moves forward.
class SlidingCount {
 public:
  explicit SlidingCount(std::vector<Duration> times) : times_(std::move(times)) { std::ranges::sort(times_); }

  std::uint64_t move_to(Duration from, Duration to) {
    while (first_ < times_.size() && times_[first_] < from) ++first_;
    while (end_ < times_.size() && times_[end_] < to) ++end_;
    end_ = std::max(end_, first_);
    return end_ - first_;
  }
  // The next instant to enter at the right, or to have left at the left.
  Duration next_in() const { return end_ < times_.size() ? times_[end_] : kNotYet; }
  Duration next_out() const { return first_ < times_.size() ? times_[first_] : kNotYet; }

 private:
  std::vector<Duration> times_;
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

constexpr Duration kTick{1};

}  // namespace

// The counts change only when a delivery enters the window or an offered record leaves it for good,
// so only those instants need a look.
Wait recovery_time(const RunRecord& run) {
  const auto w = armed(run);
  const Duration window = run.scenario.recovery_window();
  const Duration last = run.scenario.length() - window;
  if (w.empty() || w.back().to > last) return {};

  std::vector<Duration> offers, arrivals;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (times.intended != kNotYet) offers.push_back(times.intended);
    if (times.delivered != kNotYet) arrivals.push_back(times.delivered);
  }
  SlidingCount offered(std::move(offers));
  SlidingCount delivered(std::move(arrivals));
  bool occasion = false;
  for (Duration t = w.back().to; t <= last;) {
    const auto in_offered = offered.move_to(t, t + window);
    const auto in_delivered = delivered.move_to(t, t + window);
    occasion = occasion || in_offered > 0;
    if (in_offered > 0 && 100 * in_delivered >= 95 * in_offered) return {Wait::Kind::after, t - w.back().to};
    const Duration entering = delivered.next_in() == kNotYet ? kNotYet : delivered.next_in() - window + kTick;
    const Duration leaving = offered.next_out() == kNotYet ? kNotYet : offered.next_out() + kTick;
    t = std::min(entering, leaving);
  }
  return {occasion ? Wait::Kind::never : Wait::Kind::unknown};
}

Wait drain_time(const RunRecord& run, const Accounting& books) {
  const auto w = armed(run);
  if (w.empty()) return {};
  const Duration healed = w.back().to;
  Duration drained = healed;
  for (std::uint64_t i = 0; i < books.places.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (!times.accepted() || times.returned >= healed) continue;
    const Place place = books.places[i];
    if (place == Place::delivered) {
      drained = std::max(drained, times.delivered);
    } else if (place != Place::quarantined && place != Place::expired && place != Place::lost_crash) {
      return {Wait::Kind::never};
    }
  }
  return {Wait::Kind::after, drained - healed};
}

}  // namespace holdfast::oracle
