// Whole numbers from one named random stream: what a generator of scenarios draws with.
//
//   Dice dice(random.stream("hunt.disk.error"));
//   if (dice.one_in(3)) when.nth = dice.spread(1, 1000);
//
// One stream for each kind of fault, so that one more kind shifts no other. Integers only.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/base/time.h"

namespace holdfast::sweep {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;

class Dice {
 public:
  explicit Dice(RandomStream stream) : stream_(stream) {}

  // Uniform in [least, most].
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    HOLDFAST_CHECK(least <= most, "a range is not empty");
    return least + stream_.below(most - least + 1);
  }
  // Each order of magnitude of [least, most] is as likely as the next.
  std::uint64_t spread(std::uint64_t least, std::uint64_t most) {
    HOLDFAST_CHECK(0 < least && least <= most, "a spread begins above zero");
    const auto width = between(static_cast<std::uint64_t>(std::bit_width(least)),
                               static_cast<std::uint64_t>(std::bit_width(most)));
    const std::uint64_t floor = std::uint64_t{1} << (width - 1);
    return between(std::max(least, floor), std::min(most, floor + (floor - 1)));
  }
  Duration spread(Duration least, Duration most) {
    return Duration(static_cast<std::int64_t>(
        spread(static_cast<std::uint64_t>(least.count()), static_cast<std::uint64_t>(most.count()))));
  }
  // Whole milliseconds: what people read.
  Duration milliseconds(Duration least, Duration most) {
    using std::chrono::milliseconds;
    const auto count = spread(static_cast<std::uint64_t>(std::max<std::int64_t>(1, least / milliseconds(1))),
                              static_cast<std::uint64_t>(most / milliseconds(1)));
    return milliseconds(count);
  }
  bool one_in(std::uint64_t times) { return stream_.below(times) == 0; }
  bool percent(std::uint64_t share) { return stream_.below(100) < share; }
  template <class List>
  auto& pick(List&& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(stream_.below(std::size(list))));
  }

 private:
  RandomStream stream_;
};

}  // namespace holdfast::sweep
