#include "simulator/oracle/intervals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::ElementsAre;

TEST(Intervals, UniteOverlappingAndTouchingOnesAndDropEmptyOnes) {
  EXPECT_THAT(unite({{5s, 7s}, {1s, 3s}, {2s, 4s}, {7s, 8s}, {9s, 9s}}),
              ElementsAre(Interval{1s, 4s}, Interval{5s, 8s}));
}

TEST(Intervals, ComplementIsWhatIsLeftOfTheRun) {
  EXPECT_THAT(complement({{1s, 4s}, {5s, 8s}}, 10s),
              ElementsAre(Interval{0s, 1s}, Interval{4s, 5s}, Interval{8s, 10s}));
  EXPECT_THAT(complement({{0s, 20s}}, 10s), ElementsAre());
  EXPECT_THAT(complement({}, 10s), ElementsAre(Interval{0s, 10s}));
}

TEST(Intervals, ContainTheirStartAndNotTheirEnd) {
  const Intervals united{{1s, 4s}, {5s, 8s}};
  EXPECT_EQ(interval_at(united, 1s), &united[0]);
  EXPECT_EQ(interval_at(united, 4s), nullptr);
  EXPECT_EQ(interval_at(united, 7999ms), &united[1]);
  EXPECT_EQ(interval_at(united, 0s), nullptr);
  EXPECT_EQ(interval_at(united, kNotYet), nullptr);
}

TEST(Windows, ARuleWithAWindowOfItsOwnSplitsItsPhase) {
  auto stress = outage("stress", 10s);
  upstream::UpstreamRule slow;
  slow.name = "slow";
  slow.from = 2s;
  slow.to = 4s;
  slow.effect.latency = 1s;
  stress.upstream.push_back(slow);
  TestRun run({phase("calm", 5s), stress});
  ASSERT_EQ(run->windows.size(), 3U);
  EXPECT_EQ(run->windows[1].from, 7s);
  EXPECT_EQ(run->windows[1].to, 9s);
  EXPECT_THAT(run->windows[1].rules, ElementsAre("stress rule", "slow"));
  EXPECT_THAT(armed(run.record()), ElementsAre(Interval{5s, 15s}));
}

TEST(Windows, AKillIsArmedUntilTheRestart) {
  auto stress = phase("stress", 10s);
  stress.process.push_back({.name = "kill", .at = 3s, .lasts = 500ms});
  TestRun run({stress});
  EXPECT_THAT(armed(run.record()), ElementsAre(Interval{3s, 3500ms}));
  EXPECT_TRUE(upstream_faults(run.record()).empty());
}

TEST(Windows, AnEventThatRepeatsIsArmedEachTime) {
  auto stress = phase("stress", 10s);
  stress.process.push_back({.name = "loop",
                            .action = scenario::ProcessAction::restart,
                            .at = 1s,
                            .lasts = 500ms,
                            .times = 2,
                            .every = 4s});
  stress.process.push_back(
      {.name = "jump", .action = scenario::ProcessAction::clock_jump, .at = 8s, .lasts = Duration::max()});
  TestRun run({stress});
  EXPECT_THAT(armed(run.record()),
              ElementsAre(Interval{1s, 1500ms}, Interval{5s, 5500ms}, Interval{8s, 10s}));
  EXPECT_NE(without_process(run.record(), run->windows[0]), nullptr);
  EXPECT_EQ(without_process(run.record(), run->windows[2]), nullptr) << "a wrong clock stops nobody";
}

TEST(Windows, EachFaultyPhaseIsOneStressPhase) {
  TestRun run({outage("first", 5s), phase("rest", 5s), disk_phase("second", 5s)});
  const auto phases = stress_phases(run.record());
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_EQ(phases[1].name, "second");
  EXPECT_THAT(phases[1].armed, ElementsAre(Interval{10s, 15s}));
  EXPECT_THAT(upstream_faults(run.record()), ElementsAre(Interval{0s, 5s}));
}

}  // namespace
}  // namespace holdfast::oracle
