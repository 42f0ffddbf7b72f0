#include "core/pipeline/shared.h"

#include <utility>

#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {
namespace {

constexpr std::size_t kRefusedBytes = 1 << 20;  // held for the replay worker; beyond it only the count grows

policy::BreakerSettings breaker_settings(const DeliveryOptions& delivery) {
  return {.failure_threshold = delivery.breaker.failure_threshold,
          .open_time = delivery.breaker.open_time,
          .max_open_time = delivery.breaker.max_open_time,
          .half_open_permits = delivery.breaker.half_open_permits,
          .permit_timeout = 2 * delivery.timeout};
}

std::unique_ptr<UsageDesk> make_usage_desk(const Environment& env, const UsageOptions& options) {
  if (options.directory.empty()) return nullptr;
  return std::make_unique<UsageDesk>(options, env.random.stream("usage.tally"), env.scheduler.make_event());
}

}  // namespace

Shared::Shared(Environment environment, Options settings, std::unique_ptr<spool::Spool> opened,
               std::unique_ptr<delivery::Codec> upstream_codec, Observer& listener)
    : env(environment),
      options(std::move(settings)),
      observer(listener),
      rings(options.ring.bytes),
      usage(make_usage_desk(env, options.usage)),
      intake(rings, held, usage.get()),
      spool(std::move(opened)),
      queue({.batch_records = options.delivery.batch.max_records,
             .queue_records = options.delivery.batch.queue_records,
             .linger = options.delivery.batch.linger}),
      codec(std::move(upstream_codec)),
      work(env.scheduler.make_event()),
      upkeep(env.scheduler.make_event()),
      progress(env.scheduler.make_event()),
      relief(env.scheduler.make_event()),
      gate(breaker_settings(options.delivery), env.random.stream("delivery.breaker"), env.clock, *work,
           observer),
      feed(*spool, queue) {
  counters.quarantined = spool->recovery().damaged;
}

std::size_t Shared::take_in(std::size_t limit, std::vector<delivery::HeldRecord>& into) {
  const std::size_t taken = intake.take(limit, env.clock.wall(), spool->epoch(), into);
  counters.collected.fetch_add(taken);
  return taken;
}

std::size_t Shared::memory_room(std::size_t in_hand) const {
  const std::size_t limit = options.memory.max_bytes / sizeof(delivery::HeldRecord);
  const std::size_t taken = held.total();
  return limit - std::min(limit, taken - std::min(taken, in_hand));
}

bool Shared::settle(const delivery::HeldRecord& record) {
  if (record.spooled()) return spool->settle(record.segment, record.ordinal);
  held.remove({&record, 1});
  return true;
}

void Shared::quarantine(const delivery::HeldRecord& record, const char* why) {
  if (!settle(record)) return;
  counters.quarantined.fetch_add(1);
  observer.on_dropped(env.clock.now(), ingest::frame_reference(record.frame()), DropReason::quarantined);
  env.log.write(Log::Level::warning, "delivery.quarantined", why);
  put_back_refused(record.frame());
}

void Shared::put_back_refused(Bytes frames) {
  base::MutexLock lock(refused_mutex_);
  if (refused_.size() + frames.size() > kRefusedBytes) return;
  refused_.insert(refused_.end(), frames.begin(), frames.end());
}

std::vector<std::byte> Shared::take_refused() {
  base::MutexLock lock(refused_mutex_);
  return std::exchange(refused_, {});
}

}  // namespace holdfast::pipeline
