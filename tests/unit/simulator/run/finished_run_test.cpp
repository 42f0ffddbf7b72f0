#include "simulator/run/finished_run.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/ingest/record_frame.h"
#include "core/spool/spool.h"
#include "core/usage/store.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::run {
namespace {

using std::chrono::seconds;

TEST(NoteDelivery, CountsRepeatsAndKeepsTheFirstInstant) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 2}, false);
  note_delivery(*ledger, Duration(200), {{7, 1}, 2}, true);
  EXPECT_EQ(ledger->entry(2).delivered_ns.load(), 101);
  EXPECT_EQ(ledger->entry(2).deliveries.load(), 2U);
  EXPECT_FALSE(ledger->entry(2).second_key.load());
}

TEST(NoteDelivery, AnotherKeyForTheSameRecordIsNoticed) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 2}, false);
  note_delivery(*ledger, Duration(200), {{7, 9}, 2}, false);
  EXPECT_TRUE(ledger->entry(2).second_key.load());
}

TEST(NoteDelivery, ReferenceThatNobodyOfferedIsIgnored) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 99}, false);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(ledger->entry(i).deliveries.load(), 0U);
}

TEST(BoundsSampler, KeepsTheHighestOfEach) {
  scenario::Scenario scenario;
  scenario.subject.options.spool.max_bytes = 1000;
  BoundsSampler sampler(scenario);
  sampler.sample({.pending_memory = 5, .spool_bytes = 700});
  sampler.sample({.pending_memory = 3, .spool_bytes = 900});
  const auto bounds = sampler.bounds();
  EXPECT_EQ(bounds[0].highest, 900U);
  EXPECT_EQ(bounds[0].limit, 1000U);
  EXPECT_EQ(bounds[1].highest, 5U);
}

struct FinishedWorld {
  faultfs::Injector injector{1};
  upstream::UpstreamModel model{{}, 1};
  world::VirtualWorld world{{}, injector, model};
  Environment env = world.environment();
  FinishedRun run{oracle::Ledger::in_memory(1), {}, 1};

  void cannot_list(std::string path) {
    injector.arm({.rules = {{.name = "unreadable",
                             .when = {.operations = {faultfs::Operation::readdir}, .path = std::move(path)},
                             .effect = {.error = faultfs::ErrorEffect{EIO}}}}},
                 world.clock().now());
  }
};

// One that was never made holds nothing; one that cannot be read is no empty one.
TEST(ReadDisk, ReadsEveryLocation) {
  FinishedWorld finished;
  auto& [injector, model, world, env, run] = finished;
  SpoolOptions& options = run.record.scenario.subject.options.spool;
  options = {.directory = "/mnt/spool", .backup_directory = "/mnt/backup"};
  EXPECT_TRUE(world.run([&] {
    for (std::uint64_t reference = 1; const auto& directory : options.directories()) {
      auto spool =
          spool::Spool::open(env.clock, env.files, env.random.stream(directory), env.log,
                             {.directories = {directory}, .max_bytes = 1 << 20, .segment_bytes = 1 << 16});
      ASSERT_TRUE(spool);
      const UsageRecord record{.reference = reference++, .model = "m", .provider = "p", .operation = "o"};
      ByteBuffer frame(ingest::frame_size(record));
      ingest::write_frame(record, frame.data());
      const spool::PendingFrame pending{1, frame};
      EXPECT_EQ((*spool)->commit(std::span(&pending, 1)).durable, 1U);
      EXPECT_TRUE((*spool)->close());
    }
    options.emergency_directory = "/mnt/emergency";
    EXPECT_TRUE(read_disk(env.files, run.record.scenario.subject, run.record));
    EXPECT_EQ(run.record.in_spool, (std::vector<std::uint64_t>{1, 2}));
    finished.cannot_list("backup");
    EXPECT_FALSE(read_disk(env.files, run.record.scenario.subject, run.record));
  }));
}

TEST(ReadDisk, MergesTheUsageFilesOfAllLocationsOrSaysWhichDoesNotBelong) {
  FinishedWorld finished;
  auto& [injector, model, world, env, run] = finished;
  run.record.scenario.subject.options.spool.directory = "/mnt/spool";
  run.record.scenario.subject.options.usage = {
      .directory = "/mnt/a", .backup_directory = "/mnt/b", .emergency_directory = "/mnt/never-made"};
  const usage::Bounds bounds{.keys_per_day = 10, .days = 10};
  const auto write = [&](const std::string& directory, std::uint64_t epoch, bool folded) {
    usage::Book book;
    usage::Life& life = book.life(epoch, bounds);
    life.counted.insert(1, 5);
    life.totals.add(1, {"m", "p", "o"}, {.records = 5}, bounds);
    if (folded) book.fold(epoch, bounds);
    usage::Store store(env.files, env.log, {directory}, bounds);
    usage::Book found;
    EXPECT_TRUE(store.learn(found));
    EXPECT_TRUE(store.write(book, WallTime{}));
    store.close();
  };
  EXPECT_TRUE(world.run([&] {
    write("/mnt/a", 1, true);
    write("/mnt/b", 2, false);
    EXPECT_TRUE(read_disk(env.files, run.record.scenario.subject, run.record));
    EXPECT_EQ(run.record.usage_records, 10U);
    EXPECT_TRUE(run.record.usage_problems.empty());
    write("/mnt/b", 2, true);
    EXPECT_TRUE(read_disk(env.files, run.record.scenario.subject, run.record));
    EXPECT_EQ(
        run.record.usage_problems,
        std::vector<std::string>{"/mnt/b/usage.json tells another history than the usage files before it"});
    finished.cannot_list("b");
    EXPECT_FALSE(read_disk(env.files, run.record.scenario.subject, run.record))
        << "a file that cannot be read is not one that is empty";
  }));
}

TEST(LedgerCapacity, ClosedLoopsGetRoomForTheFastestPossible) {
  scenario::Scenario scenario;
  scenario.load.arrival = scenario::Arrival::closed;
  scenario.load.producers = 2;
  scenario.load.think = std::chrono::milliseconds(1);
  scenario.phases.push_back({.name = "only", .length = seconds(1)});
  EXPECT_EQ(ledger_capacity(scenario, {}), 2002U);
}

}  // namespace
}  // namespace holdfast::run
