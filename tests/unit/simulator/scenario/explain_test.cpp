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
      "kill -9 at 1s, back after 100ms\n"
      "  3s       recovery for 30s\n");
}

TEST(Explain, KnowsWhatEveryMeasureMeans) {
  for (const auto& measure : known_measures()) EXPECT_NE(meaning_of(measure.name), "") << measure.name;
}

TEST(Explain, SaysWhenTheTrackerHasFallbackLocations) {
  EXPECT_THAT(explain(*small({"subject.fallback_locations=true"})),
              HasSubstr("subject    holdfast with a backup and an emergency directory"));
}

TEST(Explain, TellsProcessEventsApart) {
  const std::string text = explain(*small({"host={}", R"(phases.stress.process=[
      {"name": "a", "restart": {"at": "0s", "down": "50ms", "times": 4, "every": "100ms"}},
      {"name": "b", "pause": {"at": "1s", "for": "100ms"}},
      {"name": "c", "clock_jump": {"at": "1500ms", "back": "1h"}},
      {"name": "d", "power_cut": {"at": "1s"}}])"}));
  EXPECT_THAT(text, HasSubstr("a: restart at 0ns, back after 50ms, 4 times, every 100ms\n"));
  EXPECT_THAT(text, HasSubstr("b: paused at 1s for 100ms\n"));
  EXPECT_THAT(text, HasSubstr("c: wall clock back 1h at 1500ms for the rest of the phase\n"));
  EXPECT_THAT(text, HasSubstr("d: power cut at 1s, back after 100ms\n"));
  EXPECT_THAT(text, HasSubstr("host       producer 0 streams beside its records, 50us"));
}

TEST(Explain, SaysWhatOnlyOneWorldCanPlay) {
  EXPECT_THAT(explain(*small({"subject.kind=naive-sync"})),
              HasSubstr("virtual, LIVE only: the subject naive-sync uses real files"));
  const std::string text =
      explain(*small({R"(phases.stress.process=[{"name": "a", "kill": {"operation": 7}}])"}));
  EXPECT_THAT(text, HasSubstr("virtual, VIRTUAL only: the process event \"a\" waits for an I/O operation"));
  EXPECT_THAT(
      explain(*small(
          {"fleet=3", R"(phases.stress.process=[{"name": "a", "kill": {"at": "1s", "tracker": 2}}])"})),
      testing::AllOf(HasSubstr("fleet      3 trackers share the upstream"),
                     HasSubstr(", tracker 2 alone\n")));
  EXPECT_THAT(text, HasSubstr("a: kill -9 before I/O operation 7 of the phase, back after 100ms\n"));
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

TEST(Explain, SaysWhichRequestsAreMeant) {
  const std::string text =
      explain(*small({R"(phases.stress.disk=[{"name": "bad block", "when": {"op": "syncs",
      "path_regex": "[a-z]+", "flags": ["O_WRONLY"], "limit": 2, "per": "path", "cooldown": "1s",
      "after": {"rule": "slow", "times": 3}}, "effect": {"error": "EIO"}}, {"name": "slow", "when": {"op": "read",
      "offset": {"from": "4KiB", "to": "8KiB"}, "size": {"at_most": "512B"}, "caller": {"comm": "fio"}},
      "effect": {"latency": "1s"}}])"}));
  EXPECT_THAT(text,
              HasSubstr("error EIO on fsync, fsyncdir of ** like /[a-z]+/, opened O_WRONLY, at most 2 times, "
                        "not again for 1s, each path by itself, after \"slow\" has fired 3 times\n"));
  EXPECT_THAT(text,
              HasSubstr("latency +1s on read of **, from 4KiB on, before 8KiB, at most 512B, by fio\n"));
}

TEST(Explain, SaysWhatBecomesOfBytes) {
  const auto told = [](const std::string& effect) {
    return explain(*small({R"(phases.stress.disk=[{"name": "x", "effect": )" + effect + "}]"}));
  };
  EXPECT_THAT(told(R"({"short": {"fraction": 0.25}})"),
              HasSubstr("x: short, 25% moved on read, write of **\n"));
  EXPECT_THAT(told(R"({"torn": {"keep": "prefix", "bytes": "1KiB", "answer": "EIO"}})"),
              HasSubstr("x: torn, the first 1KiB arrive, answer EIO on write of **\n"));
  EXPECT_THAT(told(R"({"torn": {"keep": "sectors", "answer": "success"}})"),
              HasSubstr("x: torn, some sectors arrive, answer success on write of **\n"));
  EXPECT_THAT(told(R"({"lost": true})"), HasSubstr("x: lost, nothing arrives on write of **\n"));
  EXPECT_THAT(told(R"({"misdirected": true})"),
              HasSubstr("x: misdirected to another sector on write of **\n"));
  EXPECT_THAT(told(R"({"stale": true})"), HasSubstr("x: stale, what was there before on read of **\n"));
  EXPECT_THAT(told(R"({"latency": {"lognormal": {"median": "2ms", "p99": "40ms"}}})"),
              HasSubstr("x: latency +lognormal, median 2ms, p99 40ms on every operation of **\n"));
  EXPECT_THAT(told(R"({"throttle": {"bandwidth": "1MiB/s", "iops": 7}})"),
              HasSubstr("x: throttled to 1MiB/s and 7 operations/s on read, write of **\n"));
  EXPECT_THAT(told(R"({"hang": {"for": "2s", "then": "EIO"}})"),
              HasSubstr("x: hang for 2s, then error EIO on every operation of **\n"));
}

TEST(Explain, SaysWhatBefallsRequestsAndAnswers) {
  const auto upstream = [](const std::string& rule) {
    return explain(*small({R"(phases.stress.upstream.0={"name": "x", )" + rule + "}"}));
  };
  EXPECT_THAT(upstream(R"("effect": {"outage": "blackhole"}, "when": {"probability": 0.25})"),
              HasSubstr("x: outage, blackhole, probability 25%\n"));
  EXPECT_THAT(upstream(R"("effect": {"reset": "request"})"),
              HasSubstr("x: connection reset, request not read"));
  EXPECT_THAT(upstream(R"("effect": {"reset": "answer"})"), HasSubstr("x: connection reset in the middle"));
  EXPECT_THAT(upstream(R"("effect": {"slow": "2KiB/s"})"), HasSubstr("x: the answer trickles at 2KiB/s\n"));
  EXPECT_THAT(upstream(R"("effect": {"partial": 0.3})"),
              HasSubstr("x: 30% of the elements answered \"retry\"\n"));
  EXPECT_THAT(upstream(R"("effect": {"answer": "lost"})"), HasSubstr("x: applied, and the answer is lost\n"));
  EXPECT_THAT(upstream(R"("effect": {"answer": "truncated"})"),
              HasSubstr("x: applied, and the answer is truncated\n"));
}

TEST(Explain, SaysWhatEachEffectDoesAndWhoseTurnItIs) {
  const auto explained = [](const std::string& rule) {
    return explain(*small({R"(phases.stress.disk=[{"name": "x", )" + rule + "}]"}));
  };
  EXPECT_THAT(explained(R"("effect": {"full": {"left": "0B", "inodes": 3}})"),
              HasSubstr("x: full, 0B left, 3 inodes left\n"));
  EXPECT_THAT(explained(R"("when": {"path": "spool/**"}, "effect": {"permission": "EACCES"})"),
              HasSubstr("x: permission lost, EACCES on what it concerns of spool/**\n"));
  EXPECT_THAT(explained(R"("when": {"op": "read", "to": "1s"}, "effect": {"hang": true})"),
              HasSubstr("x: hang on read of **, from 0ns to 1s\n"));
  EXPECT_THAT(explained(R"("when": {"path": "spool"}, "effect": {"replaced_by": "file"})"),
              HasSubstr("x: replaced by a file on what it concerns of spool\n"));
  EXPECT_THAT(
      explained(R"("when": {"every": 3, "limit": 2},
                           "effect": {"corrupt": {"on": "write", "with": "zeros", "count": 2, "bytes": "64B"}})"),
      HasSubstr("x: corrupt, 2 ranges of 64B made zeros on write of **, one in 3, at most 2 times\n"));
  EXPECT_THAT(explained(R"("when": {"path": "spool/*.seg", "from": "1s"},
                           "effect": {"corrupt": {"on": "rest", "with": "bit_flips"}})"),
              HasSubstr("x: corrupt, 1 bit flipped in each file of spool/*.seg, at 1s\n"));
}

}  // namespace
}  // namespace holdfast::scenario
