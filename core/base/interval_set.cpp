#include "core/base/interval_set.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace holdfast {

bool IntervalSet::insert(std::uint64_t first, std::uint64_t last) {
  HOLDFAST_CHECK(first <= last, "an interval has a number in it");
  auto next = intervals_.upper_bound(last);
  if (next != intervals_.begin() && std::prev(next)->second >= first) return false;
  size_ += last - first + 1;
  if (next != intervals_.end() && next->first == last + 1) {
    last = next->second;
    next = intervals_.erase(next);
  }
  if (next != intervals_.begin() && std::prev(next)->second + 1 == first) {
    std::prev(next)->second = last;
  } else {
    intervals_.emplace_hint(next, first, last);
  }
  return true;
}

bool IntervalSet::contains(std::uint64_t number) const {
  const auto next = intervals_.upper_bound(number);
  return next != intervals_.begin() && std::prev(next)->second >= number;
}

std::uint64_t IntervalSet::join_nearest(std::size_t most) {
  HOLDFAST_CHECK(most > 0, "numbers need an interval to be in");
  if (intervals_.size() <= most) return 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;  // how wide, and its first number
  for (auto at = intervals_.begin(), next = std::next(at); next != intervals_.end(); ++at, ++next)
    gaps.emplace_back(next->first - at->second - 1, at->second + 1);
  std::ranges::sort(gaps);
  gaps.resize(intervals_.size() - most);
  std::uint64_t added = 0;
  for (const auto& [width, first] : gaps) {
    insert(first, first + width - 1);
    added += width;
  }
  return added;
}

}  // namespace holdfast
