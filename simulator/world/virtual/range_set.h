// A set of whole numbers kept as ranges [first, last): the dirty sectors of a file, say. Appending
// next to the last range costs no allocation.
//
//   RangeSet dirty; dirty.add(3, 7); dirty.remove(4, 5); dirty.contains(4) == false;
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>

namespace holdfast::world {

class RangeSet {
 public:
  using Ranges = std::map<std::uint64_t, std::uint64_t>;

  bool empty() const { return ranges_.empty(); }
  void clear() { ranges_.clear(); }
  Ranges::const_iterator begin() const { return ranges_.begin(); }
  Ranges::const_iterator end() const { return ranges_.end(); }

  bool contains(std::uint64_t number) const {
    auto after = ranges_.upper_bound(number);
    return after != ranges_.begin() && std::prev(after)->second > number;
  }

  void add(std::uint64_t first, std::uint64_t last) {
    if (first >= last) return;
    auto after = ranges_.upper_bound(first);
    if (after != ranges_.begin() && std::prev(after)->second >= first) {
      --after;
      if (after->second >= last) return;
    } else {
      after = ranges_.emplace_hint(after, first, last);
    }
    after->second = last;
    for (auto next = std::next(after); next != ranges_.end() && next->first <= after->second;) {
      after->second = std::max(after->second, next->second);
      next = ranges_.erase(next);
    }
  }

  void remove(std::uint64_t first, std::uint64_t last) {
    if (first >= last) return;
    auto at = ranges_.upper_bound(first);
    if (at != ranges_.begin() && std::prev(at)->second > first) --at;
    while (at != ranges_.end() && at->first < last) {
      const auto [begin, end] = *at;
      at = ranges_.erase(at);
      if (begin < first) ranges_.emplace(begin, first);
      if (end > last) {
        ranges_.emplace(last, end);
        return;
      }
    }
  }

 private:
  Ranges ranges_;
};

}  // namespace holdfast::world
