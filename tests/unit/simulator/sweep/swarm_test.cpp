#include "simulator/sweep/swarm.h"

#include <gtest/gtest.h>

#include <set>

#include "simulator/scenario/resolved_json.h"
#include "simulator/sweep/draft.h"
#include "simulator/sweep/run_report.h"
#include "tests/unit/simulator/sweep/base_scenario.h"

namespace holdfast::sweep {
namespace {

constexpr std::uint64_t kSeeds = 300;

TEST(Swarm, GivesTheSameScenarioForTheSameSeedAndOthersForOthers) {
  const auto base = base_scenario();
  std::set<std::string> drawn;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto scenario = swarm(base, seed);
    EXPECT_EQ(scenario.resolved_json, swarm(base, seed).resolved_json);
    drawn.insert(scenario.resolved_json);
  }
  EXPECT_EQ(drawn.size(), kSeeds);
}

TEST(Swarm, DrawsOnlyWhatCanBePlayedAndJudged) {
  const auto base = base_scenario();
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto scenario = swarm(base, seed);
    const auto playable = check_playable(scenario);
    EXPECT_TRUE(playable) << "seed " << seed << ": " << playable.error().message;
    EXPECT_LE(scenario.load.rate * static_cast<double>(scenario.length().count()) / 1e9, kMostRecords);
  }
}

TEST(Swarm, IsAFileThatReadsBackAsWhatIsPlayed) {
  const auto base = base_scenario();
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto scenario = swarm(base, seed);
    const auto again = scenario::parse_scenario(scenario.resolved_json, "drawn.json");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(scenario::resolved_json(*again), scenario.resolved_json) << "seed " << seed;
  }
}

TEST(Swarm, TurnsEveryKindOnAndOff) {
  const auto base = base_scenario();
  std::set<std::string> met;
  std::size_t without_disk = 0, without_upstream = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto drawn = swarm(base, seed);
    const auto& safety = drawn.phases[1];
    without_disk += safety.disk.rules.empty() ? 1 : 0;
    without_upstream += safety.upstream.empty() ? 1 : 0;
    for (const auto& rule : safety.disk.rules) met.insert(rule.name);
    for (const auto& rule : safety.upstream) met.insert(rule.name);
    for (const auto& event : safety.process) met.insert(event.name);
  }
  EXPECT_GT(without_disk, 0U);
  EXPECT_GT(without_upstream, 0U);
  EXPECT_GE(met.size(), disk_kinds().size() + upstream_kinds().size() + process_kinds().size());
}

TEST(Swarm, EndsWithAPhaseWithoutFaultsAsLongAsTheLimitsNeed) {
  const auto scenario = swarm(base_scenario(), 7);
  ASSERT_EQ(scenario.phases.size(), 3U);
  EXPECT_FALSE(scenario.phases.front().faulty());
  EXPECT_FALSE(scenario.phases.back().faulty());
  EXPECT_GE(scenario.phases.back().length, scenario.limits.recover + scenario.recovery_window());
}

TEST(Dice, SpreadMakesEachOrderOfMagnitudeAsLikely) {
  Dice dice(Random(1).stream("test"));
  std::size_t small = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto number = dice.spread(1, 1'000'000);
    ASSERT_GE(number, 1U);
    ASSERT_LE(number, 1'000'000U);
    small += number < 1000 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(small), 500, 60);
}

}  // namespace
}  // namespace holdfast::sweep
