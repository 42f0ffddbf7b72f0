#include "simulator/run/finished_run.h"

#include <algorithm>
#include <utility>

#include "core/delivery/held_record.h"
#include "core/ingest/record_frame.h"
#include "core/spool/inspect.h"
#include "core/usage/inspect.h"

namespace holdfast::run {
namespace {

// The fastest that a closed loop can go: a call takes next to nothing, then it thinks.
constexpr Duration kShortestTurn = std::chrono::microseconds(10);
constexpr std::uint64_t kMostEntries = std::uint64_t{1} << 26;

// What the usage file counts, over all its locations; nothing where none is kept.
Status read_usage(FileSystem& files, const UsageOptions& options, oracle::RunRecord& record) {
  if (options.directory.empty()) return {};
  const usage::Bounds bounds{.keys_per_day = options.max_keys, .days = options.days};
  usage::Book all;
  for (const auto& directory : {options.directory, options.backup_directory, options.emergency_directory}) {
    if (directory.empty()) continue;
    const auto inspection = usage::inspect(files, directory);
    if (!inspection && inspection.error().code != Code::not_found) return fail(inspection.error());
    if (inspection && inspection->book && !usage::merge(all, *inspection->book, bounds))
      record.usage_problems.push_back(inspection->source +
                                      " tells another history than the usage files before it");
  }
  record.usage_records = record.usage_records.value_or(0) + all.sum().records;
  return {};
}

}  // namespace

RandomStream power_cut_seeds(std::uint64_t seed) { return Random(seed).stream("power_cut"); }

std::uint64_t ledger_capacity(const scenario::Scenario& scenario, const load::Schedule& schedule) {
  if (scenario.load.arrival != scenario::Arrival::closed)
    return std::max<std::size_t>(1, schedule.arrivals.size());
  const Duration turn = std::max(scenario.load.think, kShortestTurn);
  const auto turns = static_cast<std::uint64_t>(scenario.length() / turn) + 1;
  return std::min(kMostEntries, turns * scenario.load.producers);
}

void fill_intended(oracle::Ledger& ledger, const load::Schedule& schedule, std::uint64_t first_reference) {
  ledger.set_size(first_reference + schedule.arrivals.size());
  for (std::uint64_t i = 0; i < schedule.arrivals.size(); ++i)
    ledger.entry(first_reference + i)
        .intended_ns.store(schedule.arrivals[i].intended.count() + 1, std::memory_order_relaxed);
}

BoundsSampler::BoundsSampler(const scenario::Scenario& scenario) {
  const Options& options = scenario.subject.options;
  constexpr std::uint64_t kSmallestRingFrame = ingest::kFrameFixedBytes + 8;
  spool_ = {.what = "spool bytes", .highest = 0, .limit = options.spool.max_bytes};
  memory_ = {.what = "records in memory",
             .highest = 0,
             .limit = options.memory.max_bytes / sizeof(delivery::HeldRecord) + options.spool.commit_records +
                      scenario.load.producers * options.ring.bytes / kSmallestRingFrame};
}

void BoundsSampler::sample(const Stats& stats) {
  spool_.highest = std::max(spool_.highest, stats.spool_bytes);
  // A snapshot of counters in motion can be off by one commit, downwards past zero.
  if (stats.pending_memory < std::uint64_t{1} << 63)
    memory_.highest = std::max(memory_.highest, stats.pending_memory);
}

oracle::Bound in_flight_bound(const scenario::Scenario& scenario,
                              const subject::WatchedTransport& transport) {
  return {.what = "requests in flight",
          .highest = transport.most_at_once(),
          .limit = scenario.subject.options.delivery.shippers};
}

Status read_disk(FileSystem& files, const scenario::Subject& subject, oracle::RunRecord& record) {
  if (auto read = read_usage(files, subject.options.usage, record); !read) return read;
  for (const auto& directory : subject.options.spool.directories()) {
    const auto inspection = spool::inspect(files, directory, [&](const spool::InspectedFrame& frame) {
      record.in_spool.push_back(ingest::frame_reference(frame.payload));
    });
    if (!inspection && inspection.error().code != Code::not_found) return fail(inspection.error());
    if (inspection) record.damaged_in_spool += inspection->damaged;
  }
  return {};
}

void note_delivery(oracle::Ledger& ledger, Duration at, const RequestElement& element, bool) {
  if (element.reference >= ledger.capacity()) return;
  auto& entry = ledger.entry(element.reference);
  const std::uint64_t key = mix64(element.key.epoch ^ mix64(element.key.sequence)) | 1;
  std::uint64_t none = 0;
  if (!entry.key.compare_exchange_strong(none, key) && none != key) entry.second_key.store(true);
  std::int64_t never = 0;
  entry.delivered_ns.compare_exchange_strong(never, at.count() + 1);
  entry.deliveries.fetch_add(1);
}

}  // namespace holdfast::run
