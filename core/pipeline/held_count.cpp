#include "core/pipeline/held_count.h"

#include "core/base/check.h"

namespace holdfast::pipeline {

using delivery::HeldRecord;

std::uint32_t HeldCount::generation() const {
  base::MutexLock lock(mutex_);
  return generation_;
}

std::uint32_t HeldCount::next_generation() {
  base::MutexLock lock(mutex_);
  return ++generation_;
}

void HeldCount::add(std::span<const HeldRecord> records) {
  base::MutexLock lock(mutex_);
  for (const HeldRecord& record : records) ++counts_[record.generation];
  total_ += records.size();
}

void HeldCount::remove(std::span<const HeldRecord> records) {
  base::MutexLock lock(mutex_);
  HOLDFAST_CHECK(records.size() <= total_, "only records that are held leave memory");
  for (const HeldRecord& record : records) {
    const auto count = counts_.find(record.generation);
    HOLDFAST_CHECK(count != counts_.end(), "a record leaves memory once");
    if (--count->second == 0) counts_.erase(count);
  }
  total_ -= records.size();
}

std::uint64_t HeldCount::total() const {
  base::MutexLock lock(mutex_);
  return total_;
}

bool HeldCount::none_before(std::uint32_t generation) const {
  base::MutexLock lock(mutex_);
  return counts_.empty() || counts_.begin()->first >= generation;
}

}  // namespace holdfast::pipeline
