#include "core/pipeline/feed.h"

#include <algorithm>
#include <vector>

namespace holdfast::pipeline {
namespace {

constexpr std::size_t kRefillRecords = 2000;  // read in one go, so that the other upkeep gets its turn
constexpr Duration kReadPatience = std::chrono::seconds(1);  // with a disk that cannot be read
constexpr Duration kAsidePause = std::chrono::seconds(5);    // before it is tried again

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
  if (records.empty()) return true;
  queue_.push(records, now);
  cursor_ = spool_.end();
  return true;
}

Feed::Refill Feed::refill(Time now) {
  Refill refill;
  read_aside(refill, now);
  spool::Cursor cursor;
  {
    base::MutexLock lock(mutex_);
    if (direct_) return refill;
    cursor = cursor_;
  }
  const auto before = cursor;
  if (move(&spool::Spool::read, cursor, refill, now)) {
    failing_since_.reset();
  } else if (!failing_since_ || cursor.segment != before.segment || cursor.ordinal != before.ordinal) {
    failing_since_ = now;
  } else if (now - *failing_since_ >= kReadPatience) {
    pass_over(cursor, now);
  }
  base::MutexLock lock(mutex_);
  cursor_ = cursor;
  direct_ = spool_.at_end(cursor_);
  return refill;
}

// Reads on at the cursor and moves it; false when reading failed on the way.
bool Feed::move(Read read, spool::Cursor& cursor, Refill& refill, Time now) {
  std::vector<delivery::HeldRecord> records;
  const auto take = [&](const spool::SpooledFrame& frame) {
    auto& record = records.emplace_back();
    record.key = {.epoch = frame.epoch, .sequence = frame.sequence};
    record.segment = frame.segment;
    record.ordinal = frame.ordinal;
    record.assign(frame.payload);
  };
  auto taken = (spool_.*read)(cursor, std::min(kRefillRecords, queue_.room()), take, refill.damaged);
  queue_.push(records, now);
  refill.moved += records.size();
  if (!taken) refill.error = taken.error();
  return taken.has_value();
}

void Feed::read_apart(std::span<const std::uint32_t> segments, Time now) {
  for (const std::uint32_t segment : segments) aside_.push_front({spool::Cursor{.segment = segment}, now});
}

// Patience is with the disk and not with each of its segments: it begins anew once a read succeeded.
void Feed::pass_over(spool::Cursor& cursor, Time now) {
  aside_.push_back({cursor, now + kAsidePause});
  cursor = spool::Cursor{.segment = cursor.segment + 1};
}

// A segment set aside leaves the list when it is sealed and read to its end, or when it is the active
// one and caught up with: then its records come directly again.
void Feed::read_aside(Refill& refill, Time now) {
  if (aside_.empty() || aside_.front().retry_at > now || queue_.room() == 0) return;
  Aside aside = aside_.front();
  aside_.pop_front();
  const std::size_t before = refill.moved;
  const bool read = move(&spool::Spool::read_one, aside.cursor, refill, now);
  if (spool_.read_through(aside.cursor)) return;
  if (!read || refill.moved == before) aside.retry_at = now + kAsidePause;
  base::MutexLock lock(mutex_);
  if (spool_.at_end(aside.cursor)) {
    cursor_ = aside.cursor;
  } else {
    aside_.push_back(aside);
  }
}

bool Feed::direct() const {
  base::MutexLock lock(mutex_);
  return direct_;
}

}  // namespace holdfast::pipeline
