#include "core/pipeline/collector.h"

#include <algorithm>

#include "core/ingest/record_frame.h"
#include "core/spool/format.h"

namespace holdfast::pipeline {

using delivery::HeldRecord;

namespace {
constexpr Duration kLongestIdle = std::chrono::milliseconds(100);  // how late close() may be noticed
}

Collector::Collector(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), s_(*shared_), pause_(s_.options.collector.poll) {
  staged_.reserve(s_.options.spool.commit_records);
}

void Collector::run() {
  while (!s_.stopping.load()) {
    Time now = s_.env.clock.now();
    const std::size_t collected = collect(now);
    if (s_.try_disk.exchange(false)) disk_retry_at_ = now;
    if (commit_due(now)) flush(now);
    if (staged_.empty()) reclaim(now);
    idle(collected, now);
  }
  give_up();
}

std::size_t Collector::collect(Time now) {
  const std::size_t limit = s_.options.spool.commit_records -
                            std::min<std::size_t>(s_.options.spool.commit_records, staged_.size());
  if (limit == 0) return 0;
  if (staged_.empty()) staged_since_ = now;
  return s_.take_in(limit, staged_);
}

bool Collector::commit_due(Time now) const {
  if (staged_.empty()) return false;
  return s_.closing.load() || staged_.size() >= s_.options.spool.commit_records ||
         now >= staged_since_ + s_.options.spool.commit_interval;
}

void Collector::flush(Time now) {
  if (now >= disk_retry_at_) commit(now);
  if (!staged_.empty()) spill(s_.env.clock.now());
}

void Collector::commit(Time now) {
  frames_.clear();
  for (const HeldRecord& record : staged_) frames_.push_back({record.key.sequence, record.frame()});
  s_.committing_since = now;
  const spool::CommitResult result = s_.spool->commit(frames_);
  s_.committing_since = kNever;
  s_.counters.commits.fetch_add(1);
  s_.disk_full.store(result.error && result.error->code == Code::no_space);
  if (result.error)
    note_failure(*result.error, now);
  else
    s_.disk_failed.store(false);
  if (result.durable == 0) return;
  now = s_.env.clock.now();
  report(result, now);
  if (!s_.feed.committed(std::span(staged_).first(result.durable), now)) s_.upkeep->notify();
  s_.held.remove(std::span(staged_).first(result.durable));
  staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(result.durable));
  s_.work->notify();
  s_.progress->notify();
}

// Writes down where each durable record lies, and tells the observer.
void Collector::report(const spool::CommitResult& result, Time now) {
  std::size_t at = 0;
  for (const auto& placement : result.placements) {
    references_.clear();
    ends_.clear();
    std::uint64_t end = placement.begin;
    for (std::uint32_t i = 0; i < placement.count; ++i, ++at) {
      staged_[at].segment = placement.segment;
      staged_[at].ordinal = placement.first_ordinal + i;
      references_.push_back(ingest::frame_reference(staged_[at].frame()));
      ends_.push_back(end += spool::framed_bytes(staged_[at].frame().size()));
    }
    s_.observer.on_durable(now, {placement.path, placement.begin, placement.end, references_, ends_});
  }
}

void Collector::note_failure(const Error& error, Time now) {
  s_.counters.failed_commits.fetch_add(1);
  disk_retry_at_ = now + s_.options.spool.retry_interval;
  // A usage file that is written now lets go of the segments that are held for it.
  if (s_.usage && s_.disk_full.load() && !s_.spool->held().empty()) s_.usage->ask();
  if (s_.disk_failed.exchange(true)) return;
  s_.counters.fallbacks.fetch_add(1);
  s_.env.log.write(Log::Level::warning, "spool.failed",
                   error.message + "; records are held in memory meanwhile");
}

// Hands what the disk did not take to the shippers, as far as the bound on memory allows.
void Collector::spill(Time now) {
  const std::size_t count = std::min(staged_.size(), s_.memory_room(staged_.size()));
  s_.queue.push(std::span(staged_).first(count), now);
  staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(count));
  if (count > 0) s_.work->notify();
}

// The disk is back: what only memory has goes there, before anything else is collected.
void Collector::reclaim(Time now) {
  if (now < disk_retry_at_ || s_.queue.unspooled() == 0) return;
  staged_ = s_.queue.take_unspooled(s_.options.spool.commit_records);
  if (!staged_.empty()) flush(now);
}

// The deadline of close() came first: what is in hand and in the rings is lost, each by its name.
// After that nobody may be there any more to be told.
void Collector::give_up() {
  const Time now = s_.env.clock.now();
  while (!s_.abandoned.load() && (collect(now) > 0 || !staged_.empty())) {
    for (const HeldRecord& record : staged_)
      s_.observer.on_dropped(now, ingest::frame_reference(record.frame()), DropReason::shutdown);
    s_.counters.lost_shutdown.fetch_add(staged_.size());
    s_.held.remove(staged_);
    staged_.clear();
  }
}

void Collector::idle(std::size_t collected, Time now) {
  const auto& options = s_.options.collector;
  pause_ = collected > 0 ? options.poll : std::min(options.idle_poll, pause_ * 2);
  Time latest = now + kLongestIdle;
  if (!staged_.empty())
    latest = std::min(latest, std::max(now + options.poll, staged_since_ + s_.options.spool.commit_interval));
  if (s_.queue.unspooled() > 0) latest = std::min(latest, std::max(now + options.poll, disk_retry_at_));
  s_.env.scheduler.idle_until(std::min(now + pause_, latest), latest);
}

}  // namespace holdfast::pipeline
