#include "simulator/scenario/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/scenario/meanings.h"
#include "simulator/scenario/measures.h"
#include "simulator/scenario/time_axis.h"
#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;

TEST(Explain, ShowsTheTimelineWithItsFaults) {
  const std::string text = explain(*small({"subject.options.spool.commit_records=7", "seeds=1..3"}));
  EXPECT_THAT(text, HasSubstr("small  (dir/small.json)"));
  EXPECT_THAT(text, HasSubstr("2 producers, poisson arrivals, 100/s together"));
  EXPECT_THAT(text, HasSubstr("published 1..3"));
  EXPECT_THAT(text, HasSubstr("spool.commit_records = 7"));
  EXPECT_THAT(text, HasSubstr("1s         stress for 2s\n"));
  EXPECT_THAT(text, HasSubstr("disk      volume fills: full, 1MiB left\n"));
  EXPECT_THAT(text, HasSubstr("upstream  away: outage, refuse, from 1s to 2s\n"));
  EXPECT_THAT(text, HasSubstr("process   crash: kill -9 at 1s, back after 100ms"));
  EXPECT_THAT(text, HasSubstr("33s        end\n"));
  EXPECT_THAT(text, HasSubstr("retention.durable >= 10%\n      records due under fault that were on disk"));
  EXPECT_THAT(text, HasSubstr("goodput returns within 20s, the backlog is gone within 50s"));
}

TEST(Explain, DrawsTheTimeOfEachFault) {
  auto scenario = *small();
  scenario.phases[2].length = std::chrono::seconds(5);  // 8 s in all: 8 letters a second
  EXPECT_EQ(draw_timeline(scenario),
            "                         0s      1s              3s                                      8s\n"
            "                         |warm-up|stress         |recovery                               |\n"
            "  disk     volume fills          ################\n"
            "  upstream away                          ########\n"
            "  process  crash                         #\n");
}

TEST(Explain, BrieflySaysWhatAGateWillPlay) {
  EXPECT_EQ(
      explain_briefly(*small({"seeds=1..3"})),
      "small  seed 1; published 1..3\n"
      "  0s       warm-up for 1s\n"
      "  1s       stress for 2s: volume fills: full, 1MiB left; away: outage, refuse, from 1s to 2s; crash: "
      "kill -9 at 1s, back after 100ms (LIVE only)\n"
      "  3s       recovery for 30s\n");
}

TEST(Explain, KnowsWhatEveryMeasureMeans) {
  for (const auto& measure : known_measures()) EXPECT_NE(meaning_of(measure.name), "") << measure.name;
}

TEST(Explain, SaysWhichOperationsAndHowOften) {
  const std::string text = explain(*small(
      {R"(phases.stress.disk=[{"name": "sync fails", "when": {"op": ["fsync", "write"], "path": "spool/**",
          "probability": 0.05}, "effect": {"error": "EIO"}}])",
       R"(phases.stress.upstream.0={"name": "failing", "effect": {"error_rate": 0.25}})",
       "expect.0=record.p99 <= 1ms"}));
  EXPECT_THAT(text, HasSubstr("sync fails: error EIO on fsync, write of spool/**, probability 5%\n"));
  EXPECT_THAT(text, HasSubstr("failing: 25% of requests answered 500\n"));
  EXPECT_THAT(text, HasSubstr("record.p99 <= 1ms   (judged LIVE only)"));
}

}  // namespace
}  // namespace holdfast::scenario
