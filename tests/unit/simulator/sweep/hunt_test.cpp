#include "simulator/sweep/hunt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "simulator/sweep/finding_json.h"
#include "tests/unit/simulator/sweep/base_scenario.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;

RunReport broken(const std::string& law) { return {.broken = {{law, "planted"}}, .trace_hash = {}}; }

// Breaks `durability` where a rule called "torn write" is armed and something is offered.
RunReport play_planted(const scenario::Scenario& scenario, std::uint64_t, CallHashes*) {
  for (const auto& phase : scenario.phases)
    for (const auto& rule : phase.disk.rules)
      if (rule.name == "torn write") return broken("durability");
  return {};
}

HuntSettings settings_with(decltype(TrialSettings::play) play) {
  return {.trials = {.processes = 2, .within = 20s, .play = std::move(play)}};
}

HuntResult hunt_seeds(const HuntSettings& settings, scenario::SeedRange seeds) {
  SwarmCases cases({base_scenario()}, seeds);
  return hunt(cases, settings, kNotInterrupted);
}

TEST(Hunt, ShrinksWhatBreaksALawToTheRuleThatDoesIt) {
  const auto result = hunt_seeds(settings_with(play_planted), {1, 60});
  EXPECT_EQ(result.runs, 60U);
  ASSERT_EQ(result.findings.size(), 1U);
  const auto& finding = result.findings.front();
  EXPECT_GT(finding.times, 1U);
  EXPECT_EQ(finding.broken.law, "durability");
  EXPECT_EQ(finding.shrunk.rules_after, 1U);
  EXPECT_EQ(finding.shrunk.scenario.phases[1].disk.rules.front().name, "torn write");
  EXPECT_EQ(finding.shrunk.scenario.load.rate, 1);
}

TEST(Hunt, ReportsARunThatDiesWithItsLastWordsAndGoesOn) {
  const auto result = hunt_seeds(settings_with([](const auto&, std::uint64_t seed, CallHashes*) -> RunReport {
                                   if (seed == 3)
                                     std::fprintf(stderr, "check failed: planted\n"), std::abort();
                                   return {};
                                 }),
                                 {1, 5});
  EXPECT_EQ(result.runs, 5U);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().trial.seed, 3U);
  EXPECT_EQ(result.findings.front().broken.law, "survival");
  EXPECT_THAT(result.findings.front().broken.detail, testing::HasSubstr("check failed: planted"));
}

TEST(Hunt, ReportsARunThatTakesTooLong) {
  auto settings = settings_with([](const auto&, std::uint64_t seed, CallHashes*) -> RunReport {
    if (seed == 2) std::this_thread::sleep_for(30s);
    return {};
  });
  settings.trials.within = 300ms;
  settings.shrink_time = Duration{0};
  const auto result = hunt_seeds(settings, {1, 3});
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().broken.law, "pace");
}

TEST(Hunt, PlaysOneInTwentyTwiceAndReportsWhatDiffers) {
  auto settings = settings_with([](const auto&, std::uint64_t, CallHashes*) -> RunReport {
    static int plays = 0;
    return {.broken = {}, .trace_hash = std::to_string(++plays)};  // of this process
  });
  settings.shrink_time = Duration{0};
  const auto result = hunt_seeds(settings, {1, 100});
  EXPECT_GE(result.twice, 1U);
  EXPECT_LE(result.twice, 15U);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().broken.law, "determinism");
  EXPECT_EQ(result.findings.front().times, result.twice);
}

TEST(Hunt, FindsNothingInTheCoreOverTheFirstSeeds) {
  HuntSettings settings{.trials = {.processes = 2}};
  const auto result = hunt_seeds(settings, {5, 24});
  EXPECT_EQ(result.runs, 20U);
  EXPECT_GT(result.events, 100U);
  for (const auto& finding : result.findings)
    ADD_FAILURE() << "seed " << finding.trial.seed << ": " << finding.broken.law << ": "
                  << finding.broken.detail;
}

// Runs whose hash is their seed, but for one of them.
HuntResult hunt_hashes(std::size_t processes, std::uint64_t other) {
  auto settings = settings_with([other](const auto&, std::uint64_t seed, CallHashes*) -> RunReport {
    return {.broken = {}, .trace_hash = std::to_string(seed == other ? 0 : seed)};
  });
  settings.trials.processes = processes;
  return hunt_seeds(settings, {1, 10});
}

TEST(Hunt, HasAHashThatTellsWhetherOneRunDiffersWhateverEndsFirst) {
  const auto one = hunt_hashes(1, 0).trace_hash;
  EXPECT_EQ(hunt_hashes(4, 0).trace_hash, one);
  EXPECT_NE(hunt_hashes(4, 7).trace_hash, one);
}

TEST(Hunt, WritesAScenarioThatReadsBackAsWhatWasPlayed) {
  const auto result = hunt_seeds(settings_with(play_planted), {1, 60});
  ASSERT_EQ(result.findings.size(), 1U);
  const auto& shrunk = result.findings.front().shrunk.scenario;
  const auto again = scenario::parse_scenario(scenario_text(shrunk), "scenario.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved_json, shrunk.resolved_json);
}

run::TraceLine call(std::uint64_t hash) { return {.at = 1s, .who = "w", .what = "write", .hash = hash}; }

TEST(CallHashes, NameTheFirstEventThatDiffers) {
  CallHashes calls;
  for (const std::uint64_t hash : {1, 2, 3}) calls.note(call(hash));
  calls.compare_next();
  for (const std::uint64_t hash : {1, 7, 8}) calls.note(call(hash));
  EXPECT_THAT(calls.difference(), testing::HasSubstr("event 2 differs"));
  EXPECT_THAT(calls.difference(), testing::HasSubstr("write"));
}

TEST(CallHashes, FindNothingInTwoPlaysThatAreTheSame) {
  CallHashes calls;
  for (const std::uint64_t hash : {1, 2}) calls.note(call(hash));
  calls.compare_next();
  for (const std::uint64_t hash : {1, 2}) calls.note(call(hash));
  EXPECT_EQ(calls.difference(), "");
}

TEST(RunReport, ReadsBackFromItsText) {
  const RunReport report{.broken = {{"liveness", "took 3 s"}, {"bounds", "one\nline"}},
                         .records = 12,
                         .events = 3,
                         .operations = 9,
                         .trace_hash = "00ff"};
  const auto again = report_from(to_text(report));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->broken, (std::vector<Broken>{{"liveness", "took 3 s"}, {"bounds", "one line"}}));
  EXPECT_EQ(again->records, 12U);
  EXPECT_EQ(again->events, 3U);
  EXPECT_EQ(again->operations, 9U);
  EXPECT_EQ(again->trace_hash, "00ff");
  EXPECT_FALSE(report_from("records\t12\n"));
}

}  // namespace
}  // namespace holdfast::sweep
