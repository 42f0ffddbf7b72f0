#include "simulator/scenario/resolved_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "simulator/scenario/scenario_files.h"
#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

TEST(ResolvedJson, FillsInDefaultsAndOverrides) {
  const auto scenario = small({"load.rate=50/s"});
  ASSERT_TRUE(scenario);
  const json resolved = json::parse(scenario->resolved_json);
  EXPECT_EQ(resolved["load"]["rate"], "50.0/s");
  EXPECT_EQ(resolved["limits"]["recover"], "20s");
  EXPECT_EQ(resolved["subject"]["options"]["ring"]["bytes"], "1MiB");
  for (const char* directory : {"directory", "backup_directory", "emergency_directory"})
    EXPECT_FALSE(resolved["subject"]["options"]["spool"].contains(directory)) << "the run's own business";
}

TEST(ResolvedJson, IsItselfTheSameScenario) {
  const auto files = scenario_files(HOLDFAST_SOURCE_DIR "/scenarios");
  ASSERT_TRUE(files);
  for (const auto& file : *files) {
    const auto scenario = load_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().message;
    const auto again = parse_scenario(scenario->resolved_json, file);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->resolved_json, scenario->resolved_json);
  }
}

TEST(ResolvedJson, KeepsWindowsKillsSeedsAndRatesThatAreNotRound) {
  const auto scenario = small({"load.rate=0.1/s", "seeds=3", "tier=live", "disk.capacity=1GiB",
                               "phases.stress.process.crash.kill.down=250ms"});
  ASSERT_TRUE(scenario);
  const auto again = parse_scenario(scenario->resolved_json, "x");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->load.rate, scenario->load.rate);
  EXPECT_EQ(again->seeds->first, 3U);
  EXPECT_TRUE(again->live_tier);
  EXPECT_EQ(again->disk.capacity, scenario->disk.capacity);
  EXPECT_EQ(again->phases[1].upstream[0].to, scenario->phases[1].upstream[0].to);
  EXPECT_EQ(again->phases[1].process[0].lasts, scenario->phases[1].process[0].lasts);
}

TEST(ResolvedJson, KeepsEveryKindOfProcessEventTheHostAndTheCommand) {
  const auto scenario = small({R"(subject={"kind": "command", "command": ["a", "b c"]})", "host.task=70us",
                               R"(phases.stress.process=[
      {"name": "a", "restart": {"at": "2ms", "down": "3ms", "times": 4, "every": "5ms"}},
      {"name": "b", "pause": {"at": "100ms", "for": "7ms"}},
      {"name": "c", "clock_jump": {"at": "200ms", "back": "1h", "for": "9ms"}},
      {"name": "d", "clock_jump": {"at": "300ms", "forward": "1m"}},
      {"name": "e", "kill": {"operation": 12, "down": "1s", "tracker": 2}},
      {"name": "f", "power_cut": {"at": "1s", "down": "2s"}}])"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto again = parse_scenario(scenario->resolved_json, "x");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved_json, scenario->resolved_json);
  EXPECT_EQ(again->phases[1].process[0].every, 5ms);
  EXPECT_EQ(again->phases[1].process[2].shift, -1h);
  EXPECT_EQ(again->phases[1].process[4].operation, 12U);
  EXPECT_EQ(again->phases[1].process[4].tracker, 2U);
  EXPECT_EQ(again->phases[1].process[5].action, ProcessAction::power_cut);
  EXPECT_EQ(again->phases[1].process[5].lasts, 2s);
  EXPECT_EQ(again->host->task, 70us);
  EXPECT_EQ(again->subject.command.back(), "b c");
}

TEST(ResolvedJson, DoesNotDependOnTheOrderOfKeys) {
  const auto a = parse_scenario(R"({"version": 1, "name": "x", "phases": []})", "x");
  const auto b = parse_scenario(R"({"phases": [], "name": "x", "version": 1, "seed": 1})", "y");
  EXPECT_EQ(a->resolved_json, b->resolved_json);
}

TEST(Twin, IsTheSameScenarioWithoutFaults) {
  const auto scenario = small();
  const Scenario twin = twin_of(*scenario);
  for (const auto& phase : twin.phases) EXPECT_FALSE(phase.faulty());
  EXPECT_EQ(twin.length(), scenario->length());
  json expected = json::parse(scenario->resolved_json);
  for (auto& phase : expected["phases"])
    for (const char* key : {"disk", "upstream", "process"}) phase.erase(key);
  EXPECT_EQ(json::parse(twin.resolved_json), expected);
}

TEST(Twin, OfASubjectThatRetriesIsTheOneThatDoesNot) {
  auto scenario = *small();
  scenario.subject.kind = SubjectKind::naive_sync;
  const Scenario once = twin_of(scenario);
  scenario.subject.kind = SubjectKind::naive_retry;
  EXPECT_EQ(twin_of(scenario).resolved_json, once.resolved_json);
}

}  // namespace
}  // namespace holdfast::scenario
