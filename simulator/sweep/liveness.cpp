#include "simulator/sweep/liveness.h"

#include <algorithm>

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;

constexpr Duration kSlack = 2s;
constexpr Duration kPollOfReplay = 100ms;
constexpr std::int64_t kSecond = Duration(1s).count();

std::uint64_t a_second(Duration cycle, std::uint64_t records) {
  return records * static_cast<std::uint64_t>(kSecond / std::max<Duration>(cycle, 1us).count());
}

// Requests go out side by side, commits one after the other, a write and two syncs each.
std::uint64_t capacity(const scenario::Scenario& scenario) {
  const auto& options = scenario.subject.options;
  const std::uint64_t batch =
      std::min(options.delivery.batch.max_records, options.delivery.batch.queue_records);
  const std::uint64_t at_once =
      std::min<std::uint64_t>({options.delivery.shippers, scenario.upstream.concurrency,
                               options.delivery.batch.queue_records / batch});
  const auto sending = a_second(scenario.upstream.latency + 1ms, batch * std::max<std::uint64_t>(1, at_once));
  const auto committing =
      a_second(options.collector.poll + 8 * scenario.disk.latency, options.spool.commit_records);
  return std::min(sending, committing);
}

}  // namespace

void make_breaker_judgeable(Options& options) {
  auto& breaker = options.delivery.breaker;
  breaker.max_open_time = std::max<Duration>({breaker.max_open_time, options.delivery.backoff.max, 100ms});
}

std::uint64_t sustainable_rate(const scenario::Scenario& scenario) {
  const auto& options = scenario.subject.options;
  const auto in_ring = options.ring.bytes / 256 * scenario.load.producers;
  const auto drained = a_second(options.collector.idle_poll + options.spool.commit_interval + 10ms, in_ring);
  return std::max<std::uint64_t>(1, std::min(capacity(scenario) / 8, drained / 4));
}

scenario::Limits limits_of(const scenario::Scenario& scenario, std::uint64_t records) {
  const auto& options = scenario.subject.options;
  const auto& delivery = options.delivery;
  const Duration sending = delivery.timeout + 2 * delivery.breaker.max_open_time + delivery.backoff.max;
  const Duration writing = 2 * options.spool.max_retry_interval + options.spool.slow_commit;
  const Duration backlog = 1s * (4 * records / std::max<std::uint64_t>(1, capacity(scenario)));
  const Duration all = sending + writing + backlog + delivery.batch.linger + kPollOfReplay + kSlack;
  const Duration rounded = (all / 1s + 1) * 1s;
  return {.recover = rounded, .drain = rounded};
}

}  // namespace holdfast::sweep
