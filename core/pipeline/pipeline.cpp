#include "core/pipeline/pipeline.h"

#include <algorithm>
#include <optional>

#include "core/ingest/record_frame.h"
#include "core/pipeline/bypass.h"
#include "core/pipeline/collector.h"
#include "core/pipeline/replay.h"
#include "core/pipeline/shipper.h"

namespace holdfast::pipeline {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(2);         // between looks at a condition
constexpr Duration kStragglers = std::chrono::milliseconds(5);   // for producers inside record() at close
constexpr Duration kJoinGrace = std::chrono::milliseconds(500);  // for workers to see that they should end

constexpr std::uint64_t kHopeless = 5;  // failures in a row after which close() leaves the rest on disk

}  // namespace

Pipeline::Pipeline(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
  auto& scheduler = shared_->env.scheduler;
  workers_.push_back(scheduler.spawn("collector", [s = shared_] { Collector(s).run(); }));
  workers_.push_back(scheduler.spawn("bypass", [s = shared_] { Bypass(s).run(); }));
  workers_.push_back(scheduler.spawn("replay", [s = shared_] { Replay(s).run(); }));
  for (std::size_t i = 0; i < shared_->options.delivery.shippers; ++i)
    workers_.push_back(
        scheduler.spawn("shipper-" + std::to_string(i), [s = shared_, i] { Shipper(s, i).run(); }));
  if (!shared_->usage) return;
  usage_ = std::make_shared<UsageWorker>(shared_);
  usage_task_ = scheduler.spawn("usage", [usage = usage_] { usage->run(); });
}

// No new record comes, and all have left memory, for the spool or for good.
bool Pipeline::finished() const {
  if (shared_->counters.collected.load() < shared_->rings.counts().accepted) return false;
  if (shared_->held.total() > 0) return false;
  return shared_->spool->counts().unsettled == 0 || shared_->gate.hopeless(kHopeless);
}

template <class Condition>
bool Pipeline::wait_for(Time deadline, Condition&& condition) {
  for (;;) {
    const std::uint64_t ticket = shared_->progress->ticket();
    if (condition()) return true;
    const Time now = shared_->env.clock.now();
    if (now >= deadline) return false;
    shared_->progress->wait_until(ticket, std::min(deadline, now + kLook));
  }
}

// Waits for what was accepted before the call, and not for what keeps coming: once all of that has been
// collected a new generation begins, and those before it must leave memory.
Status Pipeline::flush(Time deadline) {
  Shared& s = *shared_;
  const auto mark = s.rings.mark();
  std::optional<std::uint32_t> later;
  const auto all_safe = [&] {
    if (!later && ingest::RingRegistry::collected(mark)) later = s.held.next_generation();
    return later && s.held.none_before(*later);
  };
  if (!wait_for(deadline, all_safe))
    return fail(Code::timeout, "records are still held in memory only: disk and upstream do not take them");
  if (!usage_) return {};
  const std::uint64_t counted = s.usage->counted();
  s.usage->ask();
  if (wait_for(deadline, [&] { return s.counters.usage_counted.load() >= counted; })) return {};
  return fail(Code::timeout, "every record is safe, but no usage directory took the usage file");
}

Status Pipeline::close(Time deadline) {
  Shared& s = *shared_;
  s.rings.close();
  s.env.scheduler.sleep_until(std::min(deadline, s.env.clock.now() + kStragglers));
  s.closing.store(true);
  s.spool->last_chance();  // the disk gets one more, whatever it said last
  s.try_disk.store(true);
  s.upkeep->notify();
  s.queue.set_draining(true);
  s.work->notify();
  const bool done = wait_for(deadline, [&] { return finished(); });

  s.stopping.store(true);
  s.cancel_sends.store(true);
  s.work->notify();
  s.upkeep->notify();
  s.relief->notify();
  if (usage_) s.usage->due->notify();
  const std::size_t stuck = join_workers(std::max(deadline, s.env.clock.now() + kJoinGrace));
  count_leftovers();
  const Status counted = usage_ ? finish_usage(deadline, stuck == 0) : Status{};
  const Status closed = stuck == 0 ? close_spool(deadline) : Status{};  // it may still be in use
  if (stuck > 0)
    return fail(Code::timeout, std::to_string(stuck) + " workers are stuck and were left behind");
  if (!done) return fail(Code::timeout, "the deadline came before everything was safe or delivered");
  return closed ? counted : closed;
}

bool Pipeline::join(Task& task, Time deadline) {
  if (task.join(deadline)) return true;
  shared_->counters.detached_workers.fetch_add(1);
  shared_->abandoned.store(true);
  return false;
}

std::size_t Pipeline::join_workers(Time deadline) {
  return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(),
                                                [&](auto& worker) { return !join(*worker, deadline); }));
}

// The last flush: the collector has ended, so the file can be complete. A disk that hangs keeps the
// spool from nothing; what was not written is counted from the spool at the next start.
Status Pipeline::finish_usage(Time deadline, bool all_ended) {
  Scheduler& scheduler = shared_->env.scheduler;
  const auto grace = [&] { return std::max(deadline, shared_->env.clock.now() + kJoinGrace); };
  if (!join(*usage_task_, grace()))
    return fail(Code::timeout, "the disk hangs: the usage worker was left behind");
  auto closer = scheduler.spawn("usage-closer", [usage = usage_, all_ended] { usage->finish(all_ended); });
  if (!join(*closer, grace()))
    return fail(Code::timeout, "the disk hangs: the usage file is still being written");
  if (const auto pending = stats().usage_pending; pending > 0)
    return fail(Code::unavailable, "no usage directory took the usage file; " + std::to_string(pending) +
                                       " records are not in it yet");
  return {};
}

// On a task of its own: a disk that hangs does not hold up the program.
Status Pipeline::close_spool(Time deadline) {
  auto closed = std::make_shared<Status>();
  workers_.clear();
  workers_.push_back(
      shared_->env.scheduler.spawn("closer", [s = shared_, closed] { *closed = s->spool->close(); }));
  if (join_workers(std::max(deadline, shared_->env.clock.now() + kJoinGrace)) == 0) return *closed;
  return fail(Code::timeout, "the disk hangs: the spool is still being closed");
}

// What only memory has when the workers are gone is lost, by name and by number. What a stuck worker
// holds is still in memory, and may yet become safe.
void Pipeline::count_leftovers() {
  Shared& s = *shared_;
  const Time now = s.env.clock.now();
  for (const auto& record : s.queue.take_all()) {
    if (record.spooled()) continue;
    s.observer.on_dropped(now, ingest::frame_reference(record.frame()), DropReason::shutdown);
    s.counters.lost_shutdown.fetch_add(1);
    s.held.remove({&record, 1});
  }
}

Stats Pipeline::stats() const {
  const Shared& s = *shared_;
  const auto& c = s.counters;
  // From the end of a record's way to its beginning: whoever is held up between two of these reads never sees
  // more come out than went in.
  Stats stats;
  stats.delivered = c.delivered;
  stats.quarantined = c.quarantined;
  stats.expired = c.expired;
  const std::uint64_t collected = c.collected;
  const auto ingest = shared_->rings.counts();
  const auto spool = s.spool->counts();
  stats.rejected_ring_full = ingest.rejected_ring_full;
  stats.rejected_too_large = ingest.rejected_too_large;
  stats.rejected_closed = ingest.rejected_closed;
  stats.offered =
      ingest.accepted + ingest.rejected_ring_full + ingest.rejected_too_large + ingest.rejected_closed;
  stats.recovered = spool.recovered;
  stats.pending_spool = spool.unsettled;
  stats.pending_memory = ingest.accepted - collected + s.held.total();
  stats.lost_shutdown = c.lost_shutdown;
  stats.commits = c.commits;
  stats.failed_commits = c.failed_commits;
  stats.segments_sealed = spool.sealed;
  stats.segments_retired = spool.retired;
  stats.requests = c.requests;
  stats.retries = c.retries;
  stats.duplicates = c.duplicates;
  stats.breaker_opens = s.gate.opens();
  stats.fallbacks = c.fallbacks + spool.fallbacks;
  const bool in_memory = s.disk_failed.load() || !spool.location;
  stats.spool_location = in_memory ? static_cast<std::uint64_t>(SpoolLocation::memory) : *spool.location;
  stats.spool_bytes = spool.bytes;
  stats.spool_bytes_primary = spool.bytes_in[0];
  stats.spool_bytes_backup = spool.bytes_in[1];
  stats.spool_bytes_emergency = spool.bytes_in[2];
  stats.detached_workers = c.detached_workers;
  stats.usage_counted = c.usage_counted;
  stats.usage_pending = s.usage ? collected - std::min<std::uint64_t>(collected, c.usage_counted) : 0;
  stats.usage_recounted = c.usage_recounted;
  stats.usage_lost = c.usage_lost;
  stats.usage_other = c.usage_other;
  stats.usage_flushes = c.usage_flushes;
  stats.usage_failures = c.usage_failures;
  stats.usage_fallbacks = c.usage_fallbacks;
  stats.usage_recoveries = c.usage_recoveries;
  return stats;
}

}  // namespace holdfast::pipeline
