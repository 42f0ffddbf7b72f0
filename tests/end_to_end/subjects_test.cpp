// Subjects other than the core in whole runs.
#include <gtest/gtest.h>

#include "tests/end_to_end/live_fixture_json.h"

namespace holdfast::end_to_end {
namespace {

const std::vector<std::string> kShortPhases{"phases.warm-up.for=1s", "phases.stress.for=3s",
                                            "phases.recovery.for=6s", "limits.recover=1s", "tier=live"};

TEST_F(LiveRun, ATrackerInPythonIsHeldToTheSameLaws) {
  const auto run =
      run_program(live("scenarios/subjects/command.json", {"phases.recovery.for=6s", "tier=live"}));
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["subject"], "command");
  EXPECT_EQ(result["accounting"]["unaccounted"], 0);
  EXPECT_GT(result["accounting"]["delivered"], 1000);
  for (const char* law : {"conservation", "durability", "identity", "isolation"})
    EXPECT_EQ(verdict_of_law(result, law), "pass") << law << "\n" << run.output;
  EXPECT_EQ(verdict_of_law(result, "breaker"), "not_judged");
  EXPECT_TRUE(result["measures"]["record.p99"].is_null());
}

// A program that reads and forgets: nothing of it is ever delivered.
TEST_F(LiveRun, AProgramThatForgetsBreaksConservation) {
  const auto run = run_program(
      live("scenarios/subjects/command.json",
           with(kShortPhases, {R"(subject.command=["sh", "-c", "cat > /dev/null"])",
                               "phases.stress.process=[]", "phases.stress.disk=[]", "limits.drain=1s"})));
  EXPECT_EQ(run.exit_code, 1) << run.output;
  EXPECT_EQ(verdict_of_law(only_result(scratch.path()), "conservation"), "fail") << run.output;
}

// A claim is no proof: what it names must have been synced.
TEST_F(LiveRun, AProgramThatLiesAboutDurabilityIsFound) {
  const std::string liar =
      R"(touch $HOLDFAST_DIR/j; echo '{\"event\":\"durable\",\"references\":[0],\"path\":\"j\",\"begin\":0,\"end\":9}' >&3; cat > /dev/null)";
  const auto run = run_program(
      live("scenarios/subjects/command.json",
           with(kShortPhases, {"subject.command=[\"sh\", \"-c\", \"" + liar + "\"]",
                               "phases.stress.process=[]", "phases.stress.disk=[]", "limits.drain=1s"})));
  EXPECT_EQ(run.exit_code, 1) << run.output;
  EXPECT_EQ(verdict_of_law(only_result(scratch.path()), "durability"), "fail") << run.output;
}

// Whoever waits inside record() for a disk or an upstream that is ill keeps next to nothing.
TEST_F(LiveRun, TheNaiveSubjectsWithAFileAreRejected) {
  for (const std::string kind : {"naive-sync", "naive-retry"}) {
    const auto run = run_program(live("scenarios/combined/disk-full-during-outage.json",
                                      with(kShortPhases, {"subject.kind=" + kind, "load.rate=200/s"})));
    EXPECT_EQ(run.exit_code, 1) << kind << "\n" << run.output;
  }
  for (const auto& result : results_in(scratch.path())) {
    EXPECT_EQ(result["accounting"]["unaccounted"], 0) << result["subject"];
    EXPECT_LT(result["measures"]["retention.durable"], 0.5) << result["subject"];
    EXPECT_EQ(verdict_of_law(result, "identity"), "pass");
  }
}

TEST_F(LiveRun, TheHostTaskIsCountedAloneAndBesideTheTracker) {
  const auto run = run_program(
      live("scenarios/host/streaming.json", with(kShortPhases, {"expect.0=loss.unaccounted == 0"})));
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto measures = only_result(scratch.path())["measures"];
  EXPECT_GT(measures["retention.host"], 0.2);
  EXPECT_LT(measures["retention.host"], 1.5);
  EXPECT_GT(measures["host.gap"], 50e-6) << "one operation takes as long";
  EXPECT_GE(measures["record.disturbed"], 0);
}

TEST(CommandLine, WhatOnlyLiveCanPlayIsRefusedInVirtualTimeAndCheckSaysWhy) {
  const auto run = run_program({holdfast(), "run", source("scenarios/subjects/command.json")});
  EXPECT_EQ(run.exit_code, 3) << run.output;
  EXPECT_NE(run.output.find("add --live"), std::string::npos) << run.output;
  const auto check = run_program({holdfast(), "check", source("scenarios/subjects/command.json")});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_NE(check.output.find("LIVE only: the subject is another program"), std::string::npos)
      << check.output;
}

}  // namespace
}  // namespace holdfast::end_to_end
