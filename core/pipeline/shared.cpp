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

}  // namespace

Shared::Shared(Environment environment, Options settings, std::unique_ptr<spool::Spool> opened,
               std::unique_ptr<delivery::Codec> upstream_codec, Observer& listener)
    : env(environment),
      options(std::move(settings)),
      observer(listener),
      rings(options.ring.bytes),
      spool(std::move(opened)),
      queue({.batch_records = options.delivery.batch.max_records,
             .queue_records = options.delivery.batch.queue_records,
             .linger = options.delivery.batch.linger}),
      codec(std::move(upstream_codec)),
      work(env.scheduler.make_event()),
      upkeep(env.scheduler.make_event()),
      progress(env.scheduler.make_event()),
      gate(breaker_settings(options.delivery), env.random.stream("delivery.breaker"), env.clock, *work,
           observer),
      feed(*spool, queue) {
  counters.quarantined = spool->recovery().damaged;
  if (options.usage.directory.empty()) return;
  usage = std::make_unique<UsageDesk>(options.usage, env.random.stream("usage.tally"),
                                      env.scheduler.make_event());
  spool->hold_from(0);  // until the usage worker knows what the file has counted
}

bool Shared::settle(const delivery::HeldRecord& record) {
  if (record.spooled()) return spool->settle(record.segment, record.ordinal);
  counters.in_memory.fetch_sub(1);
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
