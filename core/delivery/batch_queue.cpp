#include "core/delivery/batch_queue.h"

#include <algorithm>

namespace holdfast::delivery {

void BatchQueue::push(std::span<const HeldRecord> records, Time now) {
  if (records.empty()) return;
  base::MutexLock lock(mutex_);
  if (fresh_.empty()) oldest_fresh_ = now;
  fresh_.insert(fresh_.end(), records.begin(), records.end());
  count(records, +1);
}

std::optional<Batch> BatchQueue::take(Time now) {
  base::MutexLock lock(mutex_);
  if (!delayed_.empty() && delayed_.front().when <= now) {
    Batch batch = std::move(delayed_.front().batch);
    delayed_.pop_front();
    count(batch.records, -1);
    return batch;
  }
  if (fresh_.empty() || fresh_ready_at() > now) return std::nullopt;
  return cut(now);
}

Batch BatchQueue::cut(Time now) {
  Batch batch{.id = next_batch_++, .attempt = 0, .records = {}};
  const auto size =
      static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(fresh_.size(), settings_.batch_records));
  batch.records.assign(fresh_.begin(), fresh_.begin() + size);
  fresh_.erase(fresh_.begin(), fresh_.begin() + size);
  oldest_fresh_ = now;
  count(batch.records, -1);
  return batch;
}

Time BatchQueue::fresh_ready_at() const {
  if (draining_ || fresh_.size() >= settings_.batch_records) return Time{};
  return oldest_fresh_ + settings_.linger;
}

Time BatchQueue::ready_at(Time now) const {
  base::MutexLock lock(mutex_);
  Time ready = delayed_.empty() ? kNever : delayed_.front().when;
  if (!fresh_.empty()) ready = std::min(ready, fresh_ready_at());
  return std::max(ready, now);
}

Batch BatchQueue::new_batch(std::vector<HeldRecord> records) {
  base::MutexLock lock(mutex_);
  return Batch{.id = next_batch_++, .attempt = 0, .records = std::move(records)};
}

void BatchQueue::give_back(Batch batch, Time when) {
  base::MutexLock lock(mutex_);
  count(batch.records, +1);
  const auto place = std::upper_bound(delayed_.begin(), delayed_.end(), when,
                                      [](Time time, const Delayed& delayed) { return time < delayed.when; });
  delayed_.insert(place, {when, std::move(batch)});
}

std::vector<HeldRecord> BatchQueue::take_unspooled(std::size_t limit) {
  base::MutexLock lock(mutex_);
  std::vector<HeldRecord> taken;
  auto want = [&](const HeldRecord& record) {
    if (record.spooled() || taken.size() >= limit) return false;
    taken.push_back(record);
    return true;
  };
  for (auto& delayed : delayed_) std::erase_if(delayed.batch.records, want);
  std::erase_if(delayed_, [](const Delayed& delayed) { return delayed.batch.records.empty(); });
  std::erase_if(fresh_, want);
  count(taken, -1);
  return taken;
}

std::vector<HeldRecord> BatchQueue::take_all() {
  base::MutexLock lock(mutex_);
  std::vector<HeldRecord> all(fresh_.begin(), fresh_.end());
  for (auto& delayed : delayed_)
    all.insert(all.end(), delayed.batch.records.begin(), delayed.batch.records.end());
  fresh_.clear();
  delayed_.clear();
  size_ = 0;
  unspooled_ = 0;
  return all;
}

void BatchQueue::set_draining(bool draining) {
  base::MutexLock lock(mutex_);
  draining_ = draining;
}

void BatchQueue::count(std::span<const HeldRecord> records, int sign) {
  const auto unspooled = static_cast<std::size_t>(std::count_if(
      records.begin(), records.end(), [](const HeldRecord& record) { return !record.spooled(); }));
  size_ = sign > 0 ? size_ + records.size() : size_ - records.size();
  unspooled_ = sign > 0 ? unspooled_ + unspooled : unspooled_ - unspooled;
}

std::size_t BatchQueue::size() const {
  base::MutexLock lock(mutex_);
  return size_;
}

std::size_t BatchQueue::unspooled() const {
  base::MutexLock lock(mutex_);
  return unspooled_;
}

std::size_t BatchQueue::room() const {
  base::MutexLock lock(mutex_);
  return settings_.queue_records - std::min<std::uint64_t>(settings_.queue_records, size_);
}

}  // namespace holdfast::delivery
