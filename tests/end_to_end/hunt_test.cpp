// `holdfast hunt` and `holdfast replay` as their user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/end_to_end/program.h"

namespace holdfast::end_to_end {
namespace {

using testing::HasSubstr;

TEST(Hunt, FindsNothingInTheCoreAndSaysHowFastItWas) {
  const auto run = run_program(
      {holdfast(), "hunt", source("scenarios/hunt/swarm.json"), "--seeds", "1..5", "--json", "--jobs", "2"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  nlohmann::json result;  // standard error comes behind it
  std::istringstream(run.output) >> result;
  EXPECT_EQ(result["runs"], 5);
  EXPECT_TRUE(result["findings"].empty());
  EXPECT_GT(result["runs_per_minute"], 0);
}

// A millisecond of real time is too little for any run.
TEST(Hunt, WritesWhatItFindsAsAScenarioThatFailsByItself) {
  const TemporaryDirectory directory;
  const auto out = directory.path() + "/found";
  const auto run = run_program({holdfast(), "hunt", source("scenarios/hunt/swarm.json"), "--seeds", "1..3",
                                "--run-time", "1ms", "--no-shrink", "--out", out});
  EXPECT_EQ(run.exit_code, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("pace is broken"));
  const auto found = nlohmann::json::parse(std::ifstream(out + "/hunt.json"));
  ASSERT_EQ(found["findings"].size(), 1U);
  const std::string name = found["findings"][0]["drawn"]["name"];
  const auto checked = run_program({holdfast(), "check", out + "/" + name + "-pace/scenario.json"});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
}

TEST(Hunt, RefusesACompleteSweepOfAScenarioWithManyOperations) {
  const auto run = run_program({holdfast(), "hunt", source("scenarios/hunt/swarm.json"), "--crash-points"});
  EXPECT_EQ(run.exit_code, 3) << run.output;
  EXPECT_THAT(run.output, HasSubstr("a complete sweep needs a phase"));
  const auto many = run_program({holdfast(), "hunt", source("scenarios/disk/full.json"), "--nth"});
  EXPECT_EQ(many.exit_code, 3) << many.output;
  EXPECT_THAT(many.output, HasSubstr("I/O operations before the last phase; at most 500"));
}

TEST(Replay, PrintsALineForEachEventAndEndsWithTheLaws) {
  const auto run = run_program({holdfast(), "replay", source("scenarios/hunt/small.json"), "--to", "1s"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("seed 42"));
  EXPECT_THAT(run.output, HasSubstr("delivery         record 0"));
  EXPECT_THAT(run.output, HasSubstr("pass           durability"));
}

TEST(Replay, WritesTheTraceAsJsonLines) {
  const TemporaryDirectory directory;
  const auto run = run_program(
      {holdfast(), "replay", source("scenarios/hunt/small.json"), "--out", directory.path(), "--all"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  std::ifstream file(directory.path() + "/trace.jsonl");
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) ASSERT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_GT(lines, 100U);
}

}  // namespace
}  // namespace holdfast::end_to_end
