#include "simulator/oracle/host_task.h"

#include <gtest/gtest.h>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/measures.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

// 1000 operations a second, half of that in [1 s, 2 s), and one stutter there.
HostTask halved() {
  HostTask task{.alone_per_second = 1000, .alone_gap = 2ms};
  for (int i = 0; i < 30; ++i)
    task.bins.push_back({.operations = i / 10 == 1 ? 50U : 100U, .gap = i == 15 ? 40ms : 1ms});
  return task;
}

TEST(HostTask, RetentionIsOperationsPerSecondOverThoseAlone) {
  EXPECT_DOUBLE_EQ(*retention_of(halved(), {{1s, 2s}}), 0.5);
  EXPECT_DOUBLE_EQ(*retention_of(halved(), {{0s, 1s}}), 1.0);
  EXPECT_DOUBLE_EQ(*retention_of(halved(), {{0s, 3s}}), 2.5 / 3);
}

TEST(HostTask, BinsThatAreOnlyPartlyArmedDoNotCount) {
  EXPECT_DOUBLE_EQ(*retention_of(halved(), {{950ms, 1250ms}}), 0.5) << "[1.0 s, 1.2 s)";
  EXPECT_FALSE(retention_of(halved(), {{1010ms, 1190ms}}));
}

TEST(HostTask, NothingWithoutAFigureAlone) {
  HostTask task = halved();
  task.alone_per_second = 0;
  EXPECT_FALSE(retention_of(task, {{0s, 3s}}));
  EXPECT_FALSE(retention_of(HostTask{.alone_per_second = 5}, {{0s, 3s}}));
}

TEST(HostTask, LongestGapIsTheWorstStutterUnderFault) {
  EXPECT_EQ(longest_gap(halved(), {{1s, 2s}}), 40ms);
  EXPECT_EQ(longest_gap(halved(), {{0s, 1s}, {2s, 3s}}), 1ms);
  EXPECT_FALSE(longest_gap(halved(), {}));
}

TEST(HostMeasures, TheWorstPhaseCounts) {
  TestRun run({phase("calm", 1s), outage("bad", 1s), outage("worse", 1s)});
  run->scenario.host.emplace();
  run->live = true;
  run->host = halved();
  for (int i = 20; i < 30; ++i) run->host->bins[static_cast<std::size_t>(i)].operations = 20;
  const auto measures = compute_measures(run.record(), nullptr, account(run.record()));
  EXPECT_DOUBLE_EQ(*measures.value("retention.host"), 0.2);
  EXPECT_EQ(measures.note("retention.host"), "phase worse");
  EXPECT_DOUBLE_EQ(*measures.value("host.gap"), 0.04);
  EXPECT_EQ(measures.note("host.gap"), "alone 0.002000 s");
}

TEST(HostMeasures, NotWithoutAHostTask) {
  TestRun run({outage("bad", 1s)});
  run->live = true;
  EXPECT_FALSE(compute_measures(run.record(), nullptr, account(run.record())).value("retention.host"));
}

}  // namespace
}  // namespace holdfast::oracle
