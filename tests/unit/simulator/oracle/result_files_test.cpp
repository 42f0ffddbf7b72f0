#include "simulator/oracle/result_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "simulator/oracle/result_json.h"
#include "simulator/oracle/timeline.h"
#include "tests/temporary_directory.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::HasSubstr;

TestRun small_run() {
  TestRun run({phase("calm", 200ms), outage("stress", 200ms), phase("after", 100ms)});
  run->seed = 7;
  run->trace_hash = "00ff";
  run->scenario.resolved_json = R"({"version":1,"name":"test"})";
  run->breaker = {
      {250ms, BreakerState::open}, {410ms, BreakerState::half_open}, {490ms, BreakerState::closed}};
  run.offer(0ms).accepted().durable(110ms).delivered(120ms);
  run.offer(50ms).accepted().durable(110ms).delivered(450ms);
  run.offer(250ms).accepted();
  run.offer(299ms).outcome(CallOutcome::rejected_ring_full);
  return run;
}

TEST(Timeline, HasOneRowPerTenthOfASecond) {
  auto run = small_run();
  EXPECT_EQ(timeline_csv(run.record()),
            "t,offered,accepted,durable,delivered,queue,spool,breaker,faults\n"
            "0.0,2,2,0,0,2,0,closed,\n"
            "0.1,0,0,2,1,0,1,closed,\n"
            "0.2,2,1,0,0,1,1,open,stress rule\n"
            "0.3,0,0,0,0,1,1,open,stress rule\n"
            "0.4,0,0,0,1,1,0,closed,\n");
}

TEST(Timeline, LevelsNeverGoBelowZeroWhenClaimsOvertakeReturns) {
  TestRun run({phase("calm", 200ms)});
  run.offer(0ms).accepted().returned(150ms).durable(50ms).delivered(20ms);
  EXPECT_THAT(timeline_csv(run.record()), HasSubstr("0.0,1,0,1,1,0,0,closed,\n0.1,0,1,0,0,0,0,closed,\n"));
}

TEST(Timeline, QuotesNamesThatWouldBreakARow) {
  TestRun run({phase("calm", 100ms)});
  run->windows = {{"calm", 0ms, 50ms, {"a,b", "say \"no\""}}, {"calm", 50ms, 60ms, {"a,b"}}};
  EXPECT_THAT(timeline_csv(run.record()), HasSubstr("\"a,b|say \"\"no\"\"\"\n"));
}

TEST(Timeline, HasNoBreakerWhereTheSubjectHasNone) {
  TestRun run({phase("calm", 100ms)});
  run->scenario.subject.kind = scenario::SubjectKind::naive_seed;
  EXPECT_THAT(timeline_csv(run.record()), HasSubstr("\n0.0,0,0,0,0,0,0,,\n"));
}

TEST(ResultJson, SaysEverythingInItsDocumentedPlace) {
  auto run = small_run();
  TestRun twin;
  scenario::Expectation expectation;
  expectation.text = "loss.unaccounted == 0";
  expectation.measure = "loss.unaccounted";
  expectation.comparator = scenario::Comparator::equal;
  expectation.line = 12;
  run->scenario.expect = {expectation};
  const auto text = result_json(evaluate(run.record(), &twin.record()));
  ASSERT_TRUE(text) << text.error().message;
  const auto json = nlohmann::json::parse(*text);
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["subject"], "holdfast");
  EXPECT_EQ(json["world"], "virtual");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["trace_hash"], "00ff");
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["accounting"]["offered"], 4);
  EXPECT_EQ(json["accounting"]["rejected"]["ring_full"], 1);
  EXPECT_EQ(json["accounting"]["unaccounted"], 1);
  EXPECT_EQ(json["measures"]["loss.unaccounted"], 1.0);
  EXPECT_TRUE(json["measures"]["retention.durable"].is_null());
  EXPECT_THAT(json["notes"]["retention.durable"], HasSubstr("under 100 records"));
  EXPECT_EQ(json["laws"][0]["law"], "conservation");
  EXPECT_EQ(json["laws"][0]["verdict"], "fail");
  EXPECT_EQ(json["expectations"][0]["verdict"], "fail");
  EXPECT_EQ(json["expectations"][0]["line"], 12);
  EXPECT_EQ(json["phases"][1]["from"], 0.2);
  EXPECT_EQ(json["fault_windows"][0]["rules"][0], "stress rule");
  EXPECT_EQ(json["faults_fired"]["stress rule"], 1);
  EXPECT_EQ(json["resolved"]["name"], "test");
}

TEST(ResultJson, HasTheLatencyOfEveryReturnedCallOfALiveRun) {
  TestRun run({phase("calm", 200ms)});
  run->live = true;
  run.offer(0ms).accepted();  // the call took 1 us
  run.offer(1ms).outcome(CallOutcome::rejected_ring_full).returned(1ms + 63ns);
  run.offer(2ms).outcome(CallOutcome::calling);  // never returned
  const auto json = nlohmann::json::parse(result_json(evaluate(run.record(), nullptr)).value());
  EXPECT_EQ(json["record_latency"].dump(), R"({"buckets":{"1007":1,"63":1},"calls":2,"unit":"ns"})");
}

TEST(ResultJson, HasNoLatencyInVirtualTime) {
  auto run = small_run();
  const auto json = nlohmann::json::parse(result_json(evaluate(run.record(), nullptr)).value());
  EXPECT_FALSE(json.contains("record_latency"));
}

TEST(ResultJson, IsTheSameTextForTheSameRun) {
  auto first = small_run(), second = small_run();
  EXPECT_EQ(result_json(evaluate(first.record(), nullptr)).value(),
            result_json(evaluate(second.record(), nullptr)).value());
}

TEST(ResultJson, WritesWhatNeverCameAsNullWithANote) {
  TestRun run({outage("stress", 1s), phase("after", 5s)});
  run.stream(0s, 6s, 100ms, std::nullopt);
  const auto json = nlohmann::json::parse(result_json(evaluate(run.record(), nullptr)).value());
  EXPECT_TRUE(json["measures"]["recovery.time"].is_null());
  EXPECT_EQ(json["notes"]["recovery.time"], "never within the run");
}

TEST(ResultJson, RefusesAResolvedScenarioThatIsNotJson) {
  auto run = small_run();
  run->scenario.resolved_json = "{";
  EXPECT_EQ(result_json(evaluate(run.record(), nullptr)).error().code, Code::internal);
}

TEST(ResultFiles, AreWrittenWholeIntoADirectoryThatNeedNotExist) {
  TemporaryDirectory parent;
  const std::filesystem::path directory = parent / "a/b";
  auto run = small_run();
  TestRun twin;
  const auto written = write_result_files(evaluate(run.record(), &twin.record()), directory.string());
  ASSERT_TRUE(written) << written.error().message;
  std::stringstream text;
  text << std::ifstream(directory / "timeline.csv").rdbuf();
  EXPECT_EQ(text.str(), timeline_csv(run.record()));
  EXPECT_TRUE(std::filesystem::exists(directory / "result.json"));
  EXPECT_TRUE(std::filesystem::exists(directory / "twin.csv"));
  EXPECT_FALSE(std::filesystem::exists(directory / "result.json.part"));
}

TEST(ResultFiles, SayWhyTheyCannotBeWritten) {
  EXPECT_EQ(write_whole_file("/dev/null/x", "text").error().code, Code::wrong_kind);
}

}  // namespace
}  // namespace holdfast::oracle
