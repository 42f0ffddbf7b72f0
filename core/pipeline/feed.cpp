#include "core/pipeline/feed.h"

#include <algorithm>
#include <vector>

namespace holdfast::pipeline {
namespace {

constexpr std::size_t kRefillRecords = 2000;  // read in one go, so that the other upkeep gets its turn

}  // namespace

Feed::Feed(spool::Spool& spool, delivery::BatchQueue& queue)
    : spool_(spool), queue_(queue), direct_(spool.at_end(spool::Cursor{})) {
  if (direct_) cursor_ = spool_.end();
}

bool Feed::behind_cursor(const delivery::HeldRecord& record) const {
  return record.segment < cursor_.segment ||
         (record.segment == cursor_.segment && record.ordinal < cursor_.ordinal);
}

bool Feed::committed(std::span<const delivery::HeldRecord> records, Time now) {
  base::MutexLock lock(mutex_);
  if (!direct_) return false;
  // The replay worker may have read these already, between their commit and this call.
  while (!records.empty() && behind_cursor(records.front())) records = records.subspan(1);
  if (queue_.room() < records.size()) {
    direct_ = false;
    return false;
  }
  queue_.push(records, now);
  cursor_ = spool_.end();
  return true;
}

Result<Feed::Refill> Feed::refill(Time now) {
  spool::Cursor cursor;
  {
    base::MutexLock lock(mutex_);
    if (direct_) return Refill{};
    cursor = cursor_;
  }
  Refill refill;
  std::vector<delivery::HeldRecord> records;
  const std::size_t limit = std::min(kRefillRecords, queue_.room());
  auto read = spool_.read(
      cursor, limit,
      [&](const spool::SpooledFrame& frame) {
        auto& record = records.emplace_back();
        record.key = {.epoch = frame.epoch, .sequence = frame.sequence};
        record.segment = frame.segment;
        record.ordinal = frame.ordinal;
        record.assign(frame.payload);
      },
      refill.damaged);
  queue_.push(records, now);
  refill.moved = records.size();
  base::MutexLock lock(mutex_);
  cursor_ = cursor;
  if (!read) return fail(read.error());
  direct_ = spool_.at_end(cursor_);
  return refill;
}

bool Feed::direct() const {
  base::MutexLock lock(mutex_);
  return direct_;
}

}  // namespace holdfast::pipeline
