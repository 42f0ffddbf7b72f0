// Whole runs through FUSE and HTTP, judged by the laws.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/live_fixture_json.h"

namespace holdfast::end_to_end {
namespace {

namespace fs = std::filesystem;

TEST_F(LiveRun, DiskFullDuringAnOutageAccountsForEveryRecord) {
  const auto run =
      run_program({holdfast(), "run", "--live", source("scenarios/combined/disk-full-during-outage.json"),
                   "--out", scratch.path()});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto result = only_result(scratch.path());
  EXPECT_EQ(result["accounting"]["unaccounted"], 0);
  for (const auto& [rule, count] : result["faults_fired"].items()) EXPECT_GT(count.get<int>(), 0) << rule;
  EXPECT_EQ(verdict_of_law(result, "isolation"), "pass");
  for (const char* file : {"timeline.csv", "twin.csv", "faults.jsonl", "run.json"})
    EXPECT_TRUE(fs::exists(scratch.path() + "/combined/disk-full-during-outage/holdfast-live-seed42/" + file))
        << file;
}

TEST_F(LiveRun, NaiveSeedKeepsAboutAThirtiethOfItsCalls) {
  const auto run = run_program({holdfast(), "run", "--live", source("scenarios/stress/slow-upstream.json"),
                                "--set", "subject.kind=naive-seed", "--out", scratch.path()});
  EXPECT_EQ(run.exit_code, 1) << run.output;
  const double kept = only_result(scratch.path())["measures"]["retention.calls"];
  EXPECT_GT(kept, 0.029);
  EXPECT_LT(kept, 0.040);  // 3.2 +- 0.3 % on a quiet machine; a busy one only makes the fast phase slower
}

// The twin plays first, for seven seconds; the signal falls into the run itself.
TEST_F(LiveRun, CtrlCHealsUnmountsAndKeepsWhatWasSeen) {
  std::vector<std::string> words{holdfast(), "run",         "--live", source("scenarios/disk/full.json"),
                                 "--out",    scratch.path()};
  for (const char* shorter : {"phases.warm-up.for=1s", "phases.stress.for=2s", "phases.recovery.for=4s",
                              "limits.recover=1s", "load.rate=500/s"})
    words.insert(words.end(), {"--set", shorter});
  const auto run = run_program(words, 10'000);
  EXPECT_EQ(run.exit_code, 130) << run.output;
  EXPECT_EQ(only_result(scratch.path())["verdict"], "inconclusive") << run.output;
}

}  // namespace
}  // namespace holdfast::end_to_end
