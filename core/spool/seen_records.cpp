#include "core/spool/seen_records.h"

#include <iterator>

namespace holdfast::spool {

bool SeenRecords::insert(std::uint64_t epoch, std::uint64_t sequence) {
  if (last_ == nullptr || epoch != epoch_) {
    epoch_ = epoch;
    last_ = &epochs_[epoch];
  }
  return insert_into(*last_, sequence);
}

bool SeenRecords::insert_into(Intervals& intervals, std::uint64_t sequence) {
  const auto next = intervals.upper_bound(sequence);
  const bool joins_next = next != intervals.end() && next->first == sequence + 1;
  if (next != intervals.begin()) {
    const auto before = std::prev(next);
    if (sequence <= before->second) return false;
    if (before->second + 1 == sequence) {
      before->second = joins_next ? next->second : sequence;
      if (joins_next) intervals.erase(next);
      return true;
    }
  }
  const std::uint64_t last = joins_next ? next->second : sequence;
  if (joins_next) intervals.erase(next);
  intervals.emplace(sequence, last);
  return true;
}

}  // namespace holdfast::spool
