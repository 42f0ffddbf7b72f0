#include "simulator/oracle/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "simulator/oracle/ideal_client.h"
#include "simulator/scenario/measures.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::HasSubstr;

std::vector<scenario::Phase> one_outage() {
  return {phase("calm", 5s), outage("stress", 5s), phase("after", 10s)};
}

Measures measure(TestRun& run, TestRun* twin) {
  return compute_measures(run.record(), twin == nullptr ? nullptr : &twin->record(), account(run.record()));
}

// A twin that was offered 100 records a second and delivered them at once.
TestRun healthy_twin(Duration length = 20s) {
  TestRun twin({phase("calm", length)});
  twin.stream(0s, length, 10ms);
  return twin;
}

TEST(Measures, CoverEveryNameThatAnExpectationCanUse) {
  TestRun run;
  const auto measures = measure(run, nullptr);
  for (const auto name : scenario::measure_names()) EXPECT_TRUE(measures.by_name.contains(name)) << name;
}

TEST(Retention, CountsRecordsByTheirIntendedTime) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  run.stream(0s, 5s, 10ms, std::nullopt);
  // In W: 500 offered, 250 accepted, 125 of them durable, 50 of those delivered in time.
  for (int i = 0; i < 500; ++i) {
    auto story = run.offer(5s + i * 10ms);
    if (i % 2 == 1) {
      story.outcome(CallOutcome::rejected_ring_full);
      continue;
    }
    story.accepted();
    if (i % 4 == 0) story.durable(5s + i * 10ms + 1ms);
    if (i % 20 == 0) story.delivered(9990ms);
  }
  run.stream(10s, 20s, 10ms);
  const auto measures = measure(run, &twin);
  EXPECT_DOUBLE_EQ(*measures.value("retention.accepted"), 0.5);
  EXPECT_DOUBLE_EQ(*measures.value("retention.durable"), 0.25);
  EXPECT_DOUBLE_EQ(*measures.value("retention.delivered"), 25.0 / 500);
}

TEST(Retention, DurableMeansSafeWithinOneSecond) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  for (int i = 0; i < 500; ++i) {
    const Duration at = 5s + i * 10ms;
    auto story = run.offer(at);
    story.accepted();
    if (i < 100)
      story.durable(at + 1s);  // just in time
    else if (i < 200)
      story.durable(at + 1s + 1ns);  // late
    else if (i < 300)
      story.delivered(at + 10ms);  // acknowledged without ever being on disk
  }
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.durable"), 200.0 / 500);
}

TEST(Retention, AcknowledgementsAfterTheIntervalAreLate) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  run.stream(5s, 10s, 10ms, 4s);  // those intended after 6 s come after the end
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.delivered"), 101.0 / 500);
}

TEST(Retention, OverlappingWindowsCountARecordOnce) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  run->windows = {{"stress", 5s, 8s, {"a"}}, {"stress", 6s, 9s, {"b"}}, {"stress", 6s, 7s, {"c"}}};
  run.stream(0s, 20s, 10ms);
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.accepted"), 1.0);
  EXPECT_EQ(count_in(run.ledger(), armed(run.record())).offered, 400U);
}

TEST(Retention, TheWorstPhaseCounts) {
  TestRun run({outage("long", 50s), phase("rest", 5s), outage("short", 2s)});
  auto twin = healthy_twin(60s);
  run.stream(0s, 55s, 10ms);
  for (Duration at = 55s; at < 57s; at += 10ms) run.offer(at).outcome(CallOutcome::rejected_ring_full);
  const auto measures = measure(run, &twin);
  EXPECT_DOUBLE_EQ(*measures.value("retention.accepted"), 0.0);
  EXPECT_THAT(measures.note("retention.accepted"), HasSubstr("short"));
  EXPECT_DOUBLE_EQ(*measures.phases[0].accepted, 1.0);
}

TEST(Retention, AnOverloadedTwinHelpsNobody) {
  TestRun run(one_outage()), twin({phase("calm", 20s)});
  run.stream(5s, 10s, 10ms);
  twin.stream(5s, 6s, 10ms);  // 100 accepted
  for (Duration at = 6s; at < 10s; at += 10ms)
    twin.offer(at).outcome(CallOutcome::rejected_ring_full);  // 400 not
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.accepted"), 500.0 / 475);
}

TEST(Retention, IsNotAvailableUnderAHundredRecordsWithoutTwinOrWithoutFaults) {
  TestRun run(one_outage()), calm;
  auto twin = TestRun({phase("calm", 20s)});
  run.stream(5s, 10s, 100ms);
  twin.stream(5s, 10s, 100ms);
  EXPECT_EQ(measure(run, &twin).value("retention.durable"), std::nullopt);
  EXPECT_THAT(measure(run, &twin).note("retention.durable"), HasSubstr("under 100 records in stress"));
  EXPECT_EQ(measure(run, nullptr).value("retention.durable"), std::nullopt);
  EXPECT_EQ(measure(calm, &twin).value("retention.durable"), std::nullopt);
}

TEST(Retention, OfCallsIsForClosedLoops) {
  TestRun run(one_outage()), twin({phase("calm", 20s)});
  run.stream(5s, 10s, 40ms);
  twin.stream(5s, 10s, 10ms);
  EXPECT_EQ(measure(run, &twin).value("retention.calls"), std::nullopt);
  run->scenario.load.arrival = scenario::Arrival::closed;
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.calls"), 0.25);
}

// Upstream: 2 at once x batches of 5 / 100 ms = 100 records/s.
TestRun limited_run(std::vector<scenario::Phase> phases) {
  TestRun run(std::move(phases));
  run->scenario.upstream = {.latency = 100ms, .concurrency = 2};
  run->scenario.subject.options.delivery.batch.max_records = 5;
  return run;
}

double possible(TestRun& run) { return delivered_in(ideal_deliveries(run.record()), armed(run.record())); }

TEST(IdealClient, DeliversNothingInAnOutageAndTheBacklogAfterIt) {
  auto run = limited_run({phase("calm", 1s), outage("stress", 1s), phase("after", 3s)});
  run.stream(0s, 3s, 20ms);  // 50/s
  EXPECT_DOUBLE_EQ(possible(run), 0);
  const auto slices = ideal_deliveries(run.record());
  EXPECT_DOUBLE_EQ(delivered_in(slices, {{2s, 3s}}), 100);  // capacity, while 50 + 50 wait
  EXPECT_DOUBLE_EQ(delivered_in(slices, {{0s, 5s}}), 150);
}

TEST(IdealClient, IsLimitedByErrorRateAndLatency) {
  upstream::UpstreamEffect errors, slow;
  errors.error_rate = 250'000'000;
  slow.latency = 300ms;
  auto failing = limited_run({upstream_phase("stress", 10s, errors)});
  auto slowed = limited_run({upstream_phase("stress", 10s, slow)});
  failing.stream(0s, 10s, 1ms);
  slowed.stream(0s, 10s, 1ms);
  EXPECT_NEAR(possible(failing), 750, 1e-6);
  EXPECT_NEAR(possible(slowed), 250, 1e-6);
}

// 1,000 records a second before an upstream that takes 100 a second.
double possible_under(upstream::UpstreamEffect effect, std::uint64_t probability = upstream::kCertain) {
  auto run = limited_run({upstream_phase("stress", 10s, effect)});
  run->scenario.phases[0].upstream[0].probability = probability;
  run.stream(0s, 10s, 1ms);
  return possible(run);
}

TEST(IdealClient, KnowsEachFaultsAvailability) {
  using namespace upstream;
  EXPECT_DOUBLE_EQ(possible_under({.outage = Outage::blackhole}), 0);
  EXPECT_NEAR(possible_under({.outage = Outage::blackhole}, kCertain / 4), 750, 1e-6);
  EXPECT_NEAR(possible_under({.outage = Outage::hang}, kCertain / 2), 500, 1e-6);
  EXPECT_NEAR(possible_under({.reset = Reset::request}, kCertain / 4), 750, 1e-6);
  EXPECT_NEAR(possible_under({.reset = Reset::answer}, kCertain / 4), 1000, 1e-6) << "applied all the same";
  EXPECT_NEAR(possible_under({.answer = AnswerFault::lost}), 1000, 1e-6);
  EXPECT_NEAR(possible_under({.partial = kCertain / 4}), 750, 1e-6);
  EXPECT_NEAR(possible_under({.partial = kCertain / 2}, kCertain / 2), 750, 1e-6);
  EXPECT_NEAR(possible_under({.slow = 680}), 500, 1e-6) << "68 bytes for 5 records take as long again";
  EXPECT_NEAR(possible_under({.latency = 200ms}, kCertain / 2), 500, 1e-6);
}

TEST(IdealClient, FollowsWindowsThatLieWithinABin) {
  upstream::UpstreamEffect away;
  away.outage = upstream::Outage::error;
  auto run = limited_run({upstream_phase("stress", 1s, away, 130ms, 170ms), phase("after", 1s)});
  for (int i = 0; i < 1000; ++i) run.offer(0s);
  EXPECT_NEAR(delivered_in(ideal_deliveries(run.record()), {{0s, 2s}}), 196, 1e-6);
}

TEST(OracleRatio, IsDeliveredOverPossible) {
  upstream::UpstreamEffect slow;
  slow.latency = 300ms;
  auto run = limited_run({upstream_phase("stress", 10s, slow)});
  run.stream(0s, 10s, 1ms, std::nullopt);
  for (int i = 0; i < 125; ++i) run.offer(0s).accepted().delivered(i * 50ms);
  EXPECT_NEAR(*measure(run, nullptr).value("oracle_ratio"), 0.5, 1e-9);
}

TEST(OracleRatio, IsNotAvailableWhenNobodyCouldHaveDelivered) {
  TestRun run(one_outage());
  run.stream(0s, 20s, 10ms);
  EXPECT_EQ(measure(run, nullptr).value("oracle_ratio"), std::nullopt);
}

TEST(Counts, ComeFromTheBooks) {
  TestRun run;
  run.offer(1s).accepted().delivered(2s, 4);
  run.offer(1s).outcome(CallOutcome::rejected_ring_full);
  run.offer(1s).accepted().dropped(DropReason::expired);
  run.offer(1s).accepted().dropped(DropReason::quarantined);
  run.offer(1s).accepted();
  const auto measures = measure(run, nullptr);
  EXPECT_EQ(measures.value("duplicates"), 3.0);
  EXPECT_EQ(measures.value("loss.counted"), 1.0);
  EXPECT_EQ(measures.value("loss.unaccounted"), 1.0);
  EXPECT_EQ(measures.value("expired"), 1.0);
  EXPECT_EQ(measures.value("quarantined"), 1.0);
}

TEST(CallTimes, AreExactPercentilesOfLiveCalls) {
  TestRun run;
  for (int i = 1; i <= 1000; ++i) run.offer(1s).accepted().called(1s + i * 1us).returned(1s + i * 3us);
  EXPECT_EQ(measure(run, nullptr).value("record.p50"), std::nullopt);
  run->live = true;
  const auto measures = measure(run, nullptr);
  EXPECT_DOUBLE_EQ(*measures.value("record.p50"), 1000e-6);
  EXPECT_DOUBLE_EQ(*measures.value("record.p99"), 1980e-6);
  EXPECT_DOUBLE_EQ(*measures.value("record.p999"), 1998e-6);
  EXPECT_DOUBLE_EQ(*measures.value("record.max"), 2000e-6);
  EXPECT_DOUBLE_EQ(*measures.value("arrival.lag"), 990e-6);
}

TEST(Retention, LateAcknowledgementsAreSafeOnlyWithinASecondOrOnDisk) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  run.stream(5s, 10s, 10ms, 30s);  // on disk at once, delivered after everything
  auto measures = measure(run, &twin);
  EXPECT_DOUBLE_EQ(*measures.value("retention.durable"), 1.0);
  EXPECT_DOUBLE_EQ(*measures.value("retention.delivered"), 0.0);
  EXPECT_DOUBLE_EQ(*measures.value("retention.accepted"), 1.0);
}

TEST(Retention, RepeatedDeliveriesCountOnce) {
  TestRun run(one_outage());
  auto twin = healthy_twin();
  for (int i = 0; i < 250; ++i) run.offer(5s + i * 20ms).accepted().delivered(5s + i * 20ms + 1ms, 7);
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.delivered"), 0.5);
  EXPECT_DOUBLE_EQ(*measure(run, &twin).value("retention.durable"), 0.5);
  EXPECT_EQ(measure(run, &twin).value("duplicates"), 6.0 * 250);
}

TEST(Retention, TwinThatWasOfferedNothingGivesNoRatio) {
  TestRun run(one_outage()), twin({phase("calm", 20s)});
  run.stream(5s, 10s, 10ms);
  for (const char* name : {"retention.accepted", "retention.durable", "retention.delivered"})
    EXPECT_EQ(measure(run, &twin).value(name), std::nullopt) << name;
}

TEST(DeliveryAge, CountsFromTheIntendedInstantToTheFirstDelivery) {
  TestRun run;
  for (int i = 1; i <= 100; ++i) run.offer(1s).accepted().called(1s + 50ms).delivered(1s + i * 10ms, 3);
  run.offer(1s).accepted();  // never delivered: no age
  const auto measures = measure(run, nullptr);
  EXPECT_DOUBLE_EQ(*measures.value("delivery.age.p50"), 0.5);
  EXPECT_DOUBLE_EQ(*measures.value("delivery.age.p99"), 0.99);
  TestRun silent;
  silent.offer(1s).accepted();
  EXPECT_EQ(measure(silent, nullptr).value("delivery.age.p50"), std::nullopt);
}

TEST(CoreEvents, ComeFromItsOwnBooksAndAControlHasNone) {
  TestRun run, naive;
  run.stats().breaker_opens = 3;
  run.stats().retries = 17;
  run.stats().fallbacks = 2;
  auto measures = measure(run, nullptr);
  EXPECT_EQ(measures.value("breaker.opens"), 3.0);
  EXPECT_EQ(measures.value("retries"), 17.0);
  EXPECT_EQ(measures.value("fallbacks"), 2.0);
  EXPECT_EQ(measures.note("retries"), "");
  run->ended_lives = {{0, {.at = 5s}}};
  EXPECT_EQ(measure(run, nullptr).note("retries"), "of its last life");
  EXPECT_EQ(measure(naive, nullptr).value("retries"), std::nullopt);
}

TEST(DrainTime, IsUntilTheLastRecordFromBeforeTheEndOfTheFaults) {
  TestRun run(one_outage());
  run.offer(6s).accepted().delivered(14s, 2);
  run.offer(7s).accepted().delivered(12s);
  run.offer(11s).accepted().delivered(19s);  // after the faults: no backlog of theirs
  EXPECT_DOUBLE_EQ(*measure(run, nullptr).value("backlog.drain_time"), 4.0);
  run.offer(8s).accepted();
  EXPECT_TRUE(std::isinf(*measure(run, nullptr).value("backlog.drain_time")));
}

TEST(CallTimes, CallsThatLostTheirProcessorAreReportedApart) {
  TestRun run;
  run->live = true;
  for (int i = 1; i <= 1000; ++i) {
    auto story = run.offer(1s);
    story.accepted().called(1s).returned(1s + i * 1us);
    if (i > 900) story.disturbed();
  }
  const auto measures = measure(run, nullptr);
  EXPECT_DOUBLE_EQ(*measures.value("record.p99"), 990e-6) << "over all calls";
  EXPECT_DOUBLE_EQ(*measures.value("record.undisturbed.p99"), 891e-6);
  EXPECT_DOUBLE_EQ(*measures.value("record.undisturbed.p999"), 900e-6);
  EXPECT_EQ(measures.value("record.disturbed"), 100.0);
}

TEST(CallTimes, AnotherProgramHasNone) {
  TestRun run;
  run->live = true;
  run->scenario.subject.kind = scenario::SubjectKind::command;
  run.offer(1s).accepted().called(1s).returned(1s + 1us);
  const auto measures = measure(run, nullptr);
  EXPECT_FALSE(measures.value("record.p99"));
  EXPECT_FALSE(measures.value("record.disturbed"));
  EXPECT_EQ(measures.note("record.p99"), "the subject is another program");
}

// Nobody delivers while there is no process; what is due meanwhile is offered only if somebody calls later.
TEST(IdealClient, StandsStillWithItsProcess) {
  for (const auto action : {scenario::ProcessAction::kill, scenario::ProcessAction::pause}) {
    auto stress = phase("stress", 4s);
    stress.process.push_back({.name = "gone", .action = action, .at = 1s, .lasts = 2s});
    TestRun run({stress, phase("after", 1s)});
    run.stream(0s, 4s, 1ms);
    const auto ideal = ideal_deliveries(run.record());
    EXPECT_NEAR(delivered_in(ideal, {{0s, 1s}}), 1000, 1);
    EXPECT_EQ(delivered_in(ideal, {{1s, 3s}}), 0);
    const double caught_up = action == scenario::ProcessAction::pause ? 2000 : 0;
    EXPECT_NEAR(delivered_in(ideal, {{3s, 4s}}), 1000 + caught_up, 1);
  }
}

TEST(Percentile, IsTheNearestRank) {
  std::vector<Duration> none, one{7ns};
  EXPECT_EQ(percentile(none, 500), std::nullopt);
  EXPECT_EQ(percentile(one, 0), 7ns);
  EXPECT_EQ(percentile(one, 999), 7ns);
}

TEST(RecoveryMeasure, IsInfiniteWhenGoodputNeverReturned) {
  TestRun run(one_outage());
  run.stream(0s, 20s, 10ms, std::nullopt);
  const auto value = measure(run, nullptr).value("recovery.time");
  ASSERT_TRUE(value);
  EXPECT_TRUE(std::isinf(*value));
}

}  // namespace
}  // namespace holdfast::oracle
