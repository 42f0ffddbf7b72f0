#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "simulator/scenario/live_only.h"
#include "simulator/sweep/crash_points.h"
#include "simulator/sweep/hunt.h"
#include "simulator/sweep/nth.h"
#include "tests/unit/simulator/sweep/base_scenario.h"

namespace holdfast::sweep {
namespace {

// Lets each lane fire three times, whatever it arms.
RunReport fires_three_times(const scenario::Scenario& scenario, std::uint64_t, CallHashes*) {
  const auto& work = scenario.phases[scenario.phases.size() - 2];
  const std::uint64_t nth = work.disk.rules.empty()
                                ? std::max(work.upstream.front().nth, work.upstream.front().from_nth)
                                : work.disk.rules.front().when.nth;
  return {.broken = {}, .events = nth <= 3 ? 1U : 0U, .trace_hash = {}};
}

TEST(NthCases, FailEachOperationUntilARunPassesUntouched) {
  NthCases cases({base_scenario("small")});
  const std::uint64_t lanes = cases.total();
  const auto result = hunt(cases, {.trials = {.processes = 2, .play = fires_three_times}}, kNotInterrupted);
  EXPECT_GT(lanes, 200U);
  EXPECT_EQ(result.runs, 4 * lanes);
  EXPECT_TRUE(result.findings.empty());
}

TEST(NthCases, AreScenariosThatCanBePlayed) {
  NthCases cases({base_scenario("small")});
  std::set<std::string> names;
  while (const auto trial = cases.next()) {
    const auto playable = check_playable(trial->scenario);
    ASSERT_TRUE(playable) << playable.error().message;
    const auto again = scenario::parse_scenario(trial->scenario.resolved_json, "drawn.json");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(names.insert(trial->scenario.name).second) << trial->scenario.name;
  }
}

TEST(NthCases, FindNothingWhereEachSyncAndEachAnswerFails) {
  auto base = base_scenario("small");
  std::size_t fired = 0;
  for (NthCases cases({base}); const auto trial = cases.next();) {
    const auto& name = trial->scenario.name;
    if (name.find("-fsync-eio") == name.npos && name.find("-lost-answer") == name.npos) continue;
    const auto report = play(trial->scenario, trial->seed);
    fired += report.events > 0 ? 1 : 0;
    for (const auto& broken : report.broken)
      ADD_FAILURE() << name << ": " << broken.law << ": " << broken.detail;
  }
  EXPECT_EQ(fired, 4U);
}

TEST(CrashPointCases, MeetEachOperationOfEachPhaseButTheLast) {
  const auto base = base_scenario("small");
  const auto operations = *operations_in_phases(base);
  CrashPointCases cases({base}, {1, 3});
  std::map<std::string, std::uint64_t> met;
  while (const auto trial = cases.next()) {
    ASSERT_TRUE(check_playable(trial->scenario));
    for (const auto& phase : trial->scenario.phases)
      for (const auto& event : phase.process)
        if (event.action == scenario::ProcessAction::kill && trial->seed == 1)
          met[phase.name] = std::max(met[phase.name], *event.operation);
  }
  EXPECT_EQ(met["start"], operations[0]);
  EXPECT_EQ(met["work"], operations[1]);
  EXPECT_FALSE(met.contains("rest"));
  EXPECT_GT(operations[0] + operations[1], 100U);
  EXPECT_LE(operations[0] + operations[1], 500U);
}

}  // namespace
}  // namespace holdfast::sweep
