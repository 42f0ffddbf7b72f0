#include <gtest/gtest.h>

#include "core/delivery/held_record.h"
#include "simulator/oracle/laws.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

LawVerdict isolation(TestRun& run) { return check_isolation(run.record(), account(run.record())).verdict; }
LawVerdict bounds(TestRun& run) { return check_bounds(run.record(), account(run.record())).verdict; }

TEST(Isolation, IsJudgedOnlyLiveAndOnlyFromEvidence) {
  TestRun run;
  EXPECT_EQ(isolation(run), LawVerdict::not_judged);
  run->live = true;
  EXPECT_EQ(isolation(run), LawVerdict::not_judged);
  run->isolation.emplace();
  EXPECT_EQ(isolation(run), LawVerdict::pass);
}

TEST(Isolation, CatchesEachWayToDisturbTheHost) {
  for (const auto& seen :
       {Isolation{.allocations = 1}, Isolation{.exceptions_escaped = 1}, Isolation{.died = true}}) {
    TestRun run;
    run->live = true;
    run->isolation = seen;
    EXPECT_EQ(isolation(run), LawVerdict::fail);
  }
}

TEST(Bounds, HoldUpToTheLimitAndBreakBeyond) {
  TestRun run;
  EXPECT_EQ(bounds(run), LawVerdict::not_judged);
  run->bounds = {{"spool bytes", 4096, 4096}};
  EXPECT_EQ(bounds(run), LawVerdict::pass);
  run->bounds.push_back({"requests in flight", 5, 4});
  EXPECT_EQ(bounds(run), LawVerdict::fail);
}

// Two producers with rings of 4800 bytes hold 100 records of at least 48 bytes each, a commit 10 more;
// memory has room for 10, and not quite for the next.
TestRun killed_run(std::uint64_t lost, std::vector<scenario::Phase> phases = {phase("calm", 10s)}) {
  TestRun run(std::move(phases));
  run->scenario.load.producers = 2;
  run->scenario.subject.options.ring.bytes = 4800;
  run->scenario.subject.options.spool.commit_records = 10;
  run->scenario.subject.options.memory.max_bytes = 11 * sizeof(delivery::HeldRecord) - 1;
  run->ended_lives = {{0, {5s}}, {1, {8s}}};
  for (std::uint64_t i = 0; i < lost; ++i) run.offer(1s).accepted().in_life(1);
  return run;
}

TEST(Bounds, AKillLosesAtMostTheRingsAndOneCommit) {
  auto within = killed_run(210), beyond = killed_run(211);
  EXPECT_EQ(bounds(within), LawVerdict::pass);
  EXPECT_EQ(bounds(beyond), LawVerdict::fail);
}

TEST(Bounds, AnOrderlyStopIsNoKill) {
  auto run = killed_run(211);
  run->ended_lives[1].killed = false;
  EXPECT_EQ(bounds(run), LawVerdict::pass);
}

TEST(Bounds, WhileTheDiskFailsWhatMemoryHoldsMayBeLostToo) {
  auto within = killed_run(220, {disk_phase("stress", 10s)}),
       beyond = killed_run(221, {disk_phase("stress", 10s)});
  EXPECT_EQ(bounds(within), LawVerdict::pass);
  EXPECT_EQ(bounds(beyond), LawVerdict::fail);
}

}  // namespace
}  // namespace holdfast::oracle
