// Options near the edges of their ranges: small rings, segments and queues are where the rare branches are.
#include "simulator/sweep/draft.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;

Options& options_of(Draft& draft) { return draft.scenario.subject.options; }

constexpr Kind kOptions[] = {
    {"ring", [](Draft& draft, Dice& dice) { options_of(draft).ring.bytes = kKiB << dice.between(2, 10); }},
    {"poll",
     [](Draft& draft, Dice& dice) {
       auto& collector = options_of(draft).collector;
       collector.poll = dice.spread(100us, 10ms);
       collector.idle_poll = collector.poll * dice.spread(1, 16);
     }},
    {"segments",
     [](Draft& draft, Dice& dice) {
       auto& spool = options_of(draft).spool;
       spool.segment_bytes = dice.spread(4, 1024) * kKiB;
       spool.max_bytes = spool.segment_bytes * dice.spread(4, 4096);
     }},
    {"commit",
     [](Draft& draft, Dice& dice) {
       auto& spool = options_of(draft).spool;
       spool.commit_records = dice.spread(20, 1000);
       spool.commit_interval = dice.spread(1ms, 50ms);
     }},
    {"retry of locations",
     [](Draft& draft, Dice& dice) {
       auto& spool = options_of(draft).spool;
       spool.retry_interval = dice.milliseconds(5ms, 500ms);
       spool.max_retry_interval = spool.retry_interval * dice.spread(1, 8);
       spool.slow_commit = dice.milliseconds(20ms, 2s);
     }},
    {"fallback locations", [](Draft& draft, Dice&) { draft.scenario.subject.fallback_locations ^= true; }},
    {"memory",
     [](Draft& draft, Dice& dice) { options_of(draft).memory.max_bytes = dice.spread(4 * kKiB, 16 * kMiB); }},
    {"shippers",
     [](Draft& draft, Dice& dice) {
       options_of(draft).delivery.shippers = dice.between(1, 8);
       options_of(draft).delivery.timeout = dice.milliseconds(100ms, 5s);
     }},
    {"batches",
     [](Draft& draft, Dice& dice) {
       auto& batch = options_of(draft).delivery.batch;
       batch.max_records = dice.spread(5, 500);
       batch.linger = dice.milliseconds(1ms, 50ms);
       batch.queue_records = batch.max_records * dice.spread(1, 200);
     }},
    {"breaker",
     [](Draft& draft, Dice& dice) {
       auto& breaker = options_of(draft).delivery.breaker;
       breaker.failure_threshold = dice.spread(1, 40);
       breaker.open_time = dice.milliseconds(5ms, 500ms);
       breaker.max_open_time = breaker.open_time * dice.spread(1, 8);
       breaker.half_open_permits = dice.between(1, 3);
     }},
    {"backoff",
     [](Draft& draft, Dice& dice) {
       auto& backoff = options_of(draft).delivery.backoff;
       backoff.base = dice.milliseconds(1ms, 200ms);
       backoff.max = backoff.base * dice.spread(1, 16);
     }},
    {"age", [](Draft& draft, Dice& dice) { options_of(draft).delivery.max_age = dice.spread(1, 600) * 1s; }},
    {"usage",
     [](Draft& draft, Dice& dice) {
       auto& usage = options_of(draft).usage;
       usage.directory = "usage";
       if (dice.one_in(2)) usage.backup_directory = "usage-backup";
       if (!usage.backup_directory.empty() && dice.one_in(2)) usage.emergency_directory = "usage-emergency";
       usage.flush_interval = dice.milliseconds(10ms, 2s);
       usage.max_keys = dice.spread(1, 200);
       usage.days = dice.spread(1, 90);
     }},
};

}  // namespace

std::span<const Kind> option_kinds() { return kOptions; }

}  // namespace holdfast::sweep
