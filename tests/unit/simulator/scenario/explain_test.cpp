#include "simulator/scenario/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(text, HasSubstr("retention.durable >= 10%\n"));
}

TEST(Explain, TellsProcessEventsApartAndWhatOnlyLiveCanDo) {
  const std::string text = explain(*small({"host={}", R"(phases.stress.process=[
      {"name": "a", "restart": {"at": "0s", "down": "50ms", "times": 4, "every": "100ms"}},
      {"name": "b", "pause": {"at": "1s", "for": "100ms"}},
      {"name": "c", "clock_jump": {"at": "1500ms", "back": "1h"}}])"}));
  EXPECT_THAT(text, HasSubstr("a: restart at 0ns, back after 50ms, 4 times, every 100ms\n"));
  EXPECT_THAT(text, HasSubstr("b: paused at 1s for 100ms\n"));
  EXPECT_THAT(text, HasSubstr("c: wall clock back 1h at 1500ms for the rest of the phase\n"));
  EXPECT_THAT(text, HasSubstr("host         producer 0 streams beside its records, 50us"));
  EXPECT_THAT(text, HasSubstr("world        LIVE only: the process event \"a\" ends the subject's process"));
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
