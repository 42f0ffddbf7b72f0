#include "simulator/oracle/upstream_measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::HasSubstr;

// Windows of 2 s in bins of 100 ms.
TestRun run_of(std::vector<scenario::Phase> phases) {
  TestRun run(std::move(phases));
  run->attempts.emplace(run->scenario.recovery_window(), run.ledger().capacity());
  return run;
}

TestRun faulted() { return run_of({phase("calm", 5s), outage("stress", 5s), phase("after", 10s)}); }

// One request with the records [first, first + count).
void send(TestRun& run, Duration at, std::uint64_t first, std::uint64_t count) {
  std::vector<RequestElement> elements;
  for (std::uint64_t i = first; i < first + count; ++i) elements.push_back({{1, i}, i});
  run->attempts->note(at, elements);
}

Measures upstream_measures(TestRun& run, TestRun* twin = nullptr) {
  Measures measures;
  add_upstream_measures(measures, run.record(), twin == nullptr ? nullptr : &twin->record(),
                        account(run.record()));
  return measures;
}

TEST(Amplification, IsWhatWasSentOverWhatIsDistinct) {
  auto run = faulted();
  send(run, 1s, 0, 200);
  send(run, 6s, 0, 100);
  send(run, 19s, 100, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.mean"), 2.0);
}

TEST(Amplification, TheWorstWindowUnderFaultCounts) {
  auto run = faulted();
  for (int i = 0; i < 9; ++i) send(run, 1s + i * 100ms, 0, 100);  // before W: not looked at
  send(run, 5s, 1000, 100);
  send(run, 6s, 1000, 100);                                              // with the one before: 2
  for (int i = 0; i < 3; ++i) send(run, 8100ms + i * 900ms, 2000, 100);  // 8.1, 9.0, 9.9: 3 within 2 s
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.max"), 3.0);
}

TEST(Amplification, AttemptsFurtherApartThanAWindowDoNotMeet) {
  auto run = faulted();
  send(run, 5s, 0, 100);
  send(run, 7100ms, 0, 100);
  send(run, 9200ms, 0, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.max"), 1.0);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.mean"), 3.0);
}

TEST(Amplification, OverlappingFaultsAreOneInterval) {
  auto run = faulted();
  run->windows = {{"stress", 5s, 8s, {"a"}}, {"stress", 6s, 9s, {"b"}}, {"stress", 6s, 7s, {"c"}}};
  send(run, 7500ms, 0, 100);
  send(run, 8500ms, 0, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.max"), 2.0);
}

TEST(Amplification, AFaultShorterThanAWindowIsAWindowByItself) {
  auto run = run_of({phase("calm", 5s), outage("stress", 500ms), phase("after", 10s)});
  send(run, 4900ms, 0, 100);
  send(run, 5100ms, 0, 100);
  send(run, 5400ms, 0, 100);
  send(run, 5500ms, 0, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.max"), 2.0);
}

TEST(Amplification, UnderAHundredRecordsNothingIsJudged) {
  auto run = faulted();
  for (int i = 0; i < 10; ++i) send(run, 6s, 0, 99);
  const auto measures = upstream_measures(run);
  EXPECT_EQ(measures.value("amplification.mean"), std::nullopt);
  EXPECT_EQ(measures.value("amplification.max"), std::nullopt);
  EXPECT_THAT(measures.note("amplification.max"), HasSubstr("under 100 records"));
}

TEST(Amplification, NeedsAFaultForItsMaximum) {
  auto run = run_of({phase("calm", 5s)});
  send(run, 1s, 0, 100);
  EXPECT_THAT(upstream_measures(run).note("amplification.max"), HasSubstr("no fault"));
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("amplification.mean"), 1.0);
}

TEST(Overshoot, IsTheBusiestWindowAfterTheFaultsOverTheTwins) {
  auto run = faulted(), twin = faulted();
  for (Duration at{0}; at < 20s; at += 100ms) send(twin, at, 0, 100);
  for (Duration at{0}; at < 10s; at += 10ms) send(run, at, 0, 1);  // before the end of W: not looked at
  for (Duration at = 12s; at < 14s; at += 25ms) send(run, at, 0, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run, &twin).value("overshoot"), 4.0);
}

TEST(Overshoot, ComparesRatesWhereTheTwinWasShorter) {
  auto run = faulted();
  auto twin = run_of({phase("calm", 11s)});  // 1 s of it after the faults
  for (Duration at{0}; at < 11s; at += 100ms) send(twin, at, 0, 100);
  for (Duration at = 10s; at < 20s; at += 50ms) send(run, at, 0, 100);
  EXPECT_DOUBLE_EQ(*upstream_measures(run, &twin).value("overshoot"), 2.0);
}

TEST(Overshoot, NeedsATwinThatSentSomething) {
  auto run = faulted(), silent = faulted();
  send(run, 12s, 0, 100);
  EXPECT_THAT(upstream_measures(run).note("overshoot"), HasSubstr("no twin"));
  EXPECT_EQ(upstream_measures(run, &silent).value("overshoot"), std::nullopt);
}

// An acknowledgement that came late, after the end of W or of the load, is a delivery all the same.
TEST(CallsPerRecord, AreRequestsOverRecordsDelivered) {
  auto run = faulted();
  for (int i = 0; i < 200; ++i) {
    auto story = run.offer(6s);
    story.accepted();
    if (i < 150) story.delivered(i < 100 ? 7s : 25s, 3);  // three times each: duplicates are no records
  }
  for (int i = 0; i < 30; ++i) send(run, 6s, 0, 10);
  EXPECT_DOUBLE_EQ(*upstream_measures(run).value("calls_per_record"), 30.0 / 150);
}

TEST(CallsPerRecord, IsNotAvailableWhenHardlyAnythingWasDelivered) {
  auto run = faulted();
  send(run, 6s, 0, 100);
  EXPECT_EQ(upstream_measures(run).value("calls_per_record"), std::nullopt);
}

TEST(UpstreamMeasures, AreNotAvailableWithoutWhatTheUpstreamWroteDown) {
  TestRun run;
  for (const char* name : {"amplification.mean", "amplification.max", "overshoot", "calls_per_record"})
    EXPECT_THAT(upstream_measures(run).note(name), HasSubstr("nothing down"));
}

}  // namespace
}  // namespace holdfast::oracle
