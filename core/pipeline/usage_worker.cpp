#include "core/pipeline/usage_worker.h"

#include <string>
#include <utility>

#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {
namespace {

// Options were validated; what was not is taken as no price at all.
usage::PriceTable prices_of(const UsageOptions& options) {
  return usage::PriceTable::parse(options.prices).value_or(usage::PriceTable{});
}

}  // namespace

UsageWorker::UsageWorker(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)),
      s_(*shared_),
      bounds_(usage_bounds(s_.options.usage)),
      prices_(prices_of(s_.options.usage)),
      store_(s_.env.files, s_.env.log,
             {s_.options.usage.directory, s_.options.usage.backup_directory,
              s_.options.usage.emergency_directory},
             bounds_) {}

void UsageWorker::run() {
  Time due = s_.env.clock.now();  // the first at once: it reads the file
  while (!s_.stopping.load()) {
    const std::uint64_t ticket = s_.usage->due->ticket();
    const Time now = s_.env.clock.now();
    if (s_.usage->asked.exchange(false) || now >= due) {
      flush(false);
      due = s_.env.clock.now() + s_.options.usage.flush_interval;
    } else if (!s_.stopping.load()) {
      s_.usage->due->wait_until(ticket, due);
    }
  }
}

void UsageWorker::finish(bool all_ended) {
  flush(all_ended);
  store_.close();
}

void UsageWorker::flush(bool last) {
  const bool complete = store_.learn(book_);
  // Read before the tally is taken: what was committed until now is in it.
  const spool::Cursor end = s_.spool->end();
  const bool sealed = end.ordinal > 0 && s_.spool->read_through(end);
  const std::uint32_t counted_below = sealed ? end.segment + 1 : end.segment;
  changed_ |= take_tally();
  if (last) changed_ |= !std::exchange(book_.life(s_.spool->epoch(), bounds_).closed, true);
  const bool all_found = s_.spool->all_inherited();  // asked before they are fetched: none comes in between
  if (complete) changed_ |= recount_killed_lives();
  if (complete && all_found) changed_ |= fold_lives_that_are_over();
  bool file_finds_no_room = false;
  if (changed_) {
    const auto written = store_.write(book_, s_.env.clock.wall());
    if (written) s_.counters.usage_counted.store(counted_);
    changed_ = !written || !*written;
    file_finds_no_room = !written && written.error().code == Code::no_space;
  }
  if (!changed_ && complete) {
    let_go(counted_below, last);
  } else if (s_.disk_full.load() || (file_finds_no_room && disk_of_the_spool_is_short())) {
    give_room();
  }
  note_counts();
  s_.progress->notify();
}

bool UsageWorker::take_tally() {
  const auto handed = s_.usage->take();
  if (handed.tally.empty()) return false;
  usage::Life& life = book_.life(s_.spool->epoch(), bounds_);
  s_.counters.usage_other.fetch_add(pour(handed.tally, life.totals, prices_, bounds_));
  life.counted.insert(counted_ + 1, handed.counted);
  counted_ = handed.counted;
  return true;
}

// True when the book changed.
bool UsageWorker::recount_killed_lives() {
  const usage::Sums before = book_.sum();
  for (auto& segment : s_.spool->take_inherited()) uncounted_.push_back(std::move(segment));
  std::erase_if(uncounted_, [&](const spool::SegmentInfo& segment) {
    if (!book_.is_over(segment.epoch) && !recount(segment)) return false;
    compared_.push_back(segment.id);
    return true;
  });
  for (usage::Life& life : book_.lives)
    if (life.counted.join_nearest(usage::Life::kMaxIntervals) > 0)
      s_.env.log.write(Log::Level::warning, "usage.gaps",
                       "a killed life left too many gaps between its records; what is found later in the "
                       "narrowest of them is not counted");
  return book_.sum() != before;
}

// False when the segment cannot be read now: it is tried again at the next flush.
bool UsageWorker::recount(const spool::SegmentInfo& segment) {
  const usage::Life* known = book_.find(segment.epoch);
  const usage::Day today = usage::day_of(s_.env.clock.wall().time_since_epoch().count());
  usage::Tally tally(4 * bounds_.keys_per_day, s_.spool->epoch());
  IntervalSet found;
  const Status read = s_.spool->read_whole(segment, [&](const spool::FrameView& frame) {
    if (known != nullptr && known->counted.contains(frame.sequence)) return;
    if (!ingest::read_frame(frame.payload)) return;  // damaged, and counted so by who sends it
    if (found.insert(frame.sequence)) count_frame(tally, frame.payload, today, bounds_.days);
  });
  if (!read && read.error().code == Code::not_found) {
    give_up(segment);
    return true;
  }
  if (!read) {
    s_.env.log.write(Log::Level::warning, "usage.recount",
                     read.error().message + "; counted at a later flush");
    return false;
  }
  if (found.empty()) return true;
  usage::Life& life = book_.life(segment.epoch, bounds_);
  s_.counters.usage_other.fetch_add(pour(tally, life.totals, prices_, bounds_));
  for (const auto& [first, last] : found.intervals()) life.counted.insert(first, last);
  s_.counters.usage_recounted.fetch_add(found.size());
  return true;
}

// Its file is gone: somebody removed it, or the spool wanted the room. Which of its records the file has
// counted already cannot be known any more.
void UsageWorker::give_up(const spool::SegmentInfo& segment) {
  s_.counters.usage_lost.fetch_add(segment.count);
  s_.env.log.write(Log::Level::error, "usage.lost",
                   segment.path + " is gone before it was counted: the usage file may lack its " +
                       std::to_string(segment.count) + " records");
}

// A life of which nothing is left to count is summed up. Segments that could not be read at the start
// may belong to any.
bool UsageWorker::fold_lives_that_are_over() {
  if (!uncounted_.empty()) return false;
  std::vector<std::uint64_t> over;
  for (const usage::Life& life : book_.lives)
    if (life.epoch != s_.spool->epoch()) over.push_back(life.epoch);
  for (const std::uint64_t epoch : over) book_.fold(epoch, bounds_);
  return !over.empty();
}

void UsageWorker::let_go(std::uint32_t counted_below, bool last) {
  s_.spool->hold_from(last ? spool::Spool::kHoldNone : counted_below);
  for (const std::uint32_t segment : std::exchange(compared_, {})) s_.spool->let_go(segment);
  s_.upkeep->notify();
}

// The file may lie on another disk, which what is held here leaves no room.
bool UsageWorker::disk_of_the_spool_is_short() const {
  const auto space = s_.env.files.space(s_.options.spool.directory);
  return !space || space->free_bytes < s_.options.spool.max_bytes / 2;
}

// Settled segments wait for the file, and the file or the records for their room. The oldest of those that
// memory has counted goes; should a kill come before the file is written, it takes those counts.
void UsageWorker::give_room() {
  if (s_.stopping.load()) return;  // there is no other write to come: the next start counts what is held
  for (const auto& segment : s_.spool->held()) {
    if (segment.epoch == s_.spool->epoch()) {
      s_.spool->hold_from(segment.id + 1);
    } else if (std::erase(compared_, segment.id) > 0) {
      s_.spool->let_go(segment.id);
    } else {
      continue;  // not counted by anybody
    }
    s_.env.log.write(Log::Level::warning, "usage.room",
                     "the disk is full; " + segment.path + " goes before the usage file has its counts");
    s_.usage->wants_room.store(true);
    return s_.upkeep->notify();
  }
}

void UsageWorker::note_counts() {
  const usage::StoreCounts& counts = store_.counts();
  s_.counters.usage_flushes.store(counts.flushes);
  s_.counters.usage_failures.store(counts.failures);
  s_.counters.usage_fallbacks.store(counts.fallbacks);
  s_.counters.usage_recoveries.store(counts.recoveries);
}

}  // namespace holdfast::pipeline
