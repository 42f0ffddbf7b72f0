#include "core/spool/seen_records.h"

#include <iterator>

namespace holdfast::spool {

bool SeenRecords::insert(std::uint64_t epoch, std::uint64_t first, std::uint64_t count) {
  Intervals& intervals = epochs_[epoch];
  std::uint64_t last = first + count - 1;
  auto next = intervals.upper_bound(last);
  if (next != intervals.begin() && std::prev(next)->second >= first) return false;
  if (next != intervals.end() && next->first == last + 1) {
    last = next->second;
    next = intervals.erase(next);
  }
  if (next != intervals.begin() && std::prev(next)->second + 1 == first) {
    std::prev(next)->second = last;
  } else {
    intervals.emplace_hint(next, first, last);
  }
  return true;
}

}  // namespace holdfast::spool
