// Whole numbers that are nearly consecutive, kept as intervals: millions of them take a few entries.
//
//   IntervalSet counted;
//   counted.insert(1, 4711);                      // the first and the last
//   if (!counted.insert(sequence)) ...            // it was there before
//   for (const auto& [first, last] : counted.intervals()) ...    // rising, with gaps between them
//
// Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace holdfast {

class IntervalSet {
 public:
  // True when none of the numbers from `first` to `last` was there before; false, with nothing changed,
  // when any was.
  bool insert(std::uint64_t first, std::uint64_t last);
  bool insert(std::uint64_t number) { return insert(number, number); }
  bool contains(std::uint64_t number) const;

  bool empty() const { return intervals_.empty(); }
  std::uint64_t size() const { return size_; }  // how many numbers
  const std::map<std::uint64_t, std::uint64_t>& intervals() const { return intervals_; }

  // Closes the narrowest gaps, the lowest first, until no more than `most` intervals are left. Returns how
  // many numbers that added.
  std::uint64_t join_nearest(std::size_t most);

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

 private:
  std::map<std::uint64_t, std::uint64_t> intervals_;  // first -> last
  std::uint64_t size_ = 0;
};

}  // namespace holdfast
