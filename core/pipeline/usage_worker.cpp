#include "core/pipeline/usage_worker.h"

#include <algorithm>
#include <utility>

#include "core/ingest/record_frame.h"
#include "core/spool/segment_reader.h"

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
  if (changed_) {
    const auto written = store_.write(book_, s_.env.clock.wall());
    if (written) s_.counters.usage_counted.store(counted_);
    changed_ = !written || !*written;
  }
  if (!changed_ && complete) let_go(counted_below, last);
  note_counts();
  s_.progress->notify();
}

bool UsageWorker::take_tally() {
  const auto handed = s_.usage->take();
  if (handed.tally.empty()) return false;
  usage::Life& life = book_.life(s_.spool->epoch(), bounds_);
  s_.counters.usage_other.fetch_add(pour(handed.tally, life.totals, prices_, bounds_));
  life.counted = counted_ = handed.counted;
  return true;
}

// True when the book changed.
bool UsageWorker::recount_killed_lives() {
  const usage::Sums before = book_.sum();
  for (auto& inherited : s_.spool->take_inherited()) uncounted_.push_back(std::move(inherited));
  std::erase_if(uncounted_, [&](const spool::Inherited& inherited) {
    const auto& segment = inherited.segment;
    if (!book_.has_counted(segment.epoch, segment.file_id) && !recount(inherited)) return false;
    compared_.push_back(segment.id);
    return true;
  });
  return book_.sum() != before;
}

// False when the segment cannot be read: it is tried again at the next flush.
bool UsageWorker::recount(const spool::Inherited& inherited) {
  const spool::SegmentInfo& segment = inherited.segment;
  const usage::Life* known = book_.find(segment.epoch);
  const std::uint64_t counted = known != nullptr ? known->counted : 0;
  const usage::Day today = usage::day_of(s_.env.clock.wall().time_since_epoch().count());
  usage::Tally tally(4 * bounds_.keys_per_day, s_.spool->epoch());
  std::uint64_t records = 0;
  spool::SegmentReader reader(s_.env.files, segment.path);
  auto header = reader.open();
  if (!header && header.error().code == Code::not_found && !s_.spool->has(segment.id))
    return true;  // given up to make room
  Result<spool::SegmentReader::Step> step = spool::SegmentReader::Step::frame;
  if (!header && header.error().code != Code::corrupted) step = fail(header.error());  // the epoch is known
  spool::FrameView frame;
  while (step && *step == spool::SegmentReader::Step::frame) {
    step = reader.next(frame);
    if (!step || *step == spool::SegmentReader::Step::end || frame.sequence <= counted) continue;
    if (std::ranges::binary_search(inherited.copies, frame.ordinal)) continue;
    if (!ingest::read_frame(frame.payload)) continue;  // damaged, and counted so by who sends it
    count_frame(tally, frame.payload, today, bounds_.days);
    ++records;
  }
  reader.close();
  if (!step) {
    s_.env.log.write(Log::Level::warning, "usage.recount",
                     step.error().message + "; counted at a later flush");
    return false;
  }
  usage::Life& life = book_.life(segment.epoch, bounds_);
  s_.counters.usage_other.fetch_add(pour(tally, life.totals, prices_, bounds_));
  life.segments.push_back(segment.file_id);
  s_.counters.usage_recounted.fetch_add(records);
  return true;
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

void UsageWorker::note_counts() {
  const usage::StoreCounts& counts = store_.counts();
  s_.counters.usage_flushes.store(counts.flushes);
  s_.counters.usage_failures.store(counts.failures);
  s_.counters.usage_fallbacks.store(counts.fallbacks);
  s_.counters.usage_recoveries.store(counts.recoveries);
}

}  // namespace holdfast::pipeline
