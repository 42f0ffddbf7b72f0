// What befalls the subject's process in whole runs, and that nothing is left of it.
#include <gtest/gtest.h>

#include "tests/end_to_end/live_fixture_json.h"

namespace holdfast::end_to_end {
namespace {

// Short phases: the behaviour is the same, and the twin plays as long.
const std::vector<std::string> kShort{"phases.warm-up.for=1s",  "phases.stress.for=3s",
                                      "phases.recovery.for=6s", "limits.recover=1s",
                                      "load.rate=500/s",        "tier=live"};

void expect_laws(const nlohmann::json& result, const std::string& output) {
  for (const char* law : {"conservation", "durability", "identity", "isolation", "liveness"})
    EXPECT_EQ(verdict_of_law(result, law), "pass") << law << "\n" << output;
}

TEST_F(LiveRun, AnOrderlyRestartLosesNothing) {
  const auto run = run_program(live("scenarios/process/restart-loop.json",
                                    with(kShort, {"phases.stress.process.restarted.restart.times=3"})));
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["faults_fired"]["restarted"], 3);
  EXPECT_EQ(result["accounting"]["lost"]["crash"], 0);
  EXPECT_GT(result["accounting"]["unissued"], 0) << "nobody was there to be called";
  expect_laws(result, run.output);
}

TEST_F(LiveRun, APausedSubjectGoesOnWhereItStood) {
  const auto run = run_program(
      live("scenarios/process/pause.json", with(kShort, {"phases.stress.process.0.pause.times=2"})));
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["faults_fired"]["stands still"], 2);
  EXPECT_GT(result["measures"]["arrival.lag"], 0.1) << "calls were due while it stood still";
  expect_laws(result, run.output);
}

// The kill stands first in the file and begins when the pause ends: there is still somebody to kill.
TEST_F(LiveRun, WhatEndsMakesRoomForWhatBeginsAtTheSameInstant) {
  auto scenario = nlohmann::json::parse(std::ifstream(source("scenarios/process/pause.json")), nullptr, true,
                                        true);  // with its comments
  scenario["phases"][1]["process"] = nlohmann::json::parse(R"([
    { "name": "killed", "kill": { "at": "1s", "down": "500ms" } },
    { "name": "stopped", "restart": { "at": "1500ms", "down": "500ms" } },
    { "name": "stands still", "pause": { "at": "500ms", "for": "500ms" } } ])");
  scenario["expect"] = {"loss.unaccounted == 0"};
  const std::string file = scratch.path() + "/touching.json";
  std::ofstream(file) << scenario;
  auto words = live("", kShort);
  words[3] = file;
  const auto run = run_program(words);
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  for (const char* event : {"killed", "stopped", "stands still"})
    EXPECT_EQ(result["faults_fired"][event], 1) << event;
  expect_laws(result, run.output);
}

TEST_F(LiveRun, WhatWasReportedDurableIsThereAfterAPowerCut) {
  auto scenario =
      nlohmann::json::parse(std::ifstream(source("scenarios/process/pause.json")), nullptr, true, true);
  scenario["phases"][1]["process"] = nlohmann::json::parse(R"([
    { "name": "dark", "power_cut": { "at": "500ms", "down": "300ms", "times": 3, "every": "800ms" } } ])");
  scenario["expect"] = {"loss.unaccounted == 0"};
  const std::string file = scratch.path() + "/power-cut.json";
  std::ofstream(file) << scenario;
  auto words = live("", kShort);
  words[3] = file;
  const auto run = run_program(words);
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["faults_fired"]["dark"], 3);
  expect_laws(result, run.output);
}

// Counted as fired only when the subject has answered that its clock is set.
TEST_F(LiveRun, AWallClockThatJumpsDisturbsNoTimer) {
  const auto run = run_program(
      live("scenarios/process/clock-jump.json", {"phases.recovery.for=4s", "limits.recover=1s",
                                                 "load.rate=500/s", "phases.warm-up.for=1s", "tier=live"}));
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["faults_fired"]["an hour ahead"], 1);
  EXPECT_EQ(result["faults_fired"]["a day behind"], 1);
  expect_laws(result, run.output);
}

TEST_F(LiveRun, CtrlCWakesAStoppedSubjectAndLeavesNothing) {
  const auto words =
      live("scenarios/process/pause.json", with(kShort, {"phases.stress.process.0.pause.times=2"}));
  const auto run = interrupt_when(
      words, [&] { return any_stopped(scratch.path()); }, 1);
  EXPECT_EQ(run.exit_code, 130) << run.output;
  EXPECT_EQ(only_result(scratch.path())["verdict"], "inconclusive") << run.output;
}

// The second one ends the harness on the spot; the kernel and the watchdog clear up after it.
TEST_F(LiveRun, CtrlCTwiceLeavesNoStoppedProcessEither) {
  const auto words =
      live("scenarios/process/pause.json", with(kShort, {"phases.stress.process.0.pause.times=2"}));
  const auto run = interrupt_when(
      words, [&] { return any_stopped(scratch.path()); }, 2);
  EXPECT_EQ(run.exit_code, 130) << run.output;
}

}  // namespace
}  // namespace holdfast::end_to_end
