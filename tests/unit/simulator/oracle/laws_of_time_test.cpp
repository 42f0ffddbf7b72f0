#include <gtest/gtest.h>

#include "simulator/oracle/laws.h"
#include "simulator/oracle/recovery.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

LawVerdict liveness(TestRun& run) { return check_liveness(run.record(), account(run.record())).verdict; }
LawVerdict breaker(TestRun& run) { return check_breaker(run.record(), account(run.record())).verdict; }

// An outage in [5 s, 10 s); goodput of 100/s is back at `back`, and what came before it in the
// outage is delivered at `drained`.
TestRun run_that_recovers(Duration back, std::optional<Duration> drained, Duration after = 20s) {
  TestRun run({phase("calm", 5s), outage("stress", 5s), phase("after", after)});
  run->scenario.limits.recover = 3s;
  run->scenario.limits.drain = 6s;
  run.stream(0s, 5s, 10ms);
  for (Duration at = 5s; at < back; at += 10ms) {
    auto story = run.offer(at);
    story.accepted().durable(at + 1ms);
    if (drained) story.delivered(*drained);
  }
  run.stream(back, 10s + after, 10ms);
  return run;
}

TEST(Recovery, IsTheFirstWindowWithEnoughDeliveries) {
  auto run = run_that_recovers(12s, std::nullopt);
  const auto wait = recovery_time(run.record());
  ASSERT_EQ(wait.kind, Wait::Kind::after);
  // 190 of the 200 records of [t, t + 2 s) are delivered, each 5 ms after it was due, once t = 11.905 s.
  EXPECT_GT(wait.time, 1890ms);
  EXPECT_LT(wait.time, 1920ms);
}

TEST(Recovery, IsImmediateWhenGoodputNeverFell) {
  auto run = run_that_recovers(5s, std::nullopt);
  EXPECT_EQ(recovery_time(run.record()).time, 0s);
}

TEST(Recovery, NeverComesWhenDeliveriesStop) {
  TestRun run({phase("calm", 5s), outage("stress", 5s), phase("after", 20s)});
  run.stream(0s, 5s, 10ms);
  run.stream(5s, 30s, 10ms, std::nullopt);
  EXPECT_EQ(recovery_time(run.record()).kind, Wait::Kind::never);
}

TEST(Recovery, IsUnknownWithoutFaultsAndWithoutRoomForItsWindow) {
  TestRun calm;
  calm.stream(0s, 10s, 10ms);
  EXPECT_EQ(recovery_time(calm.record()).kind, Wait::Kind::unknown);
  auto brief = run_that_recovers(10s, 11s, 1s);
  EXPECT_EQ(recovery_time(brief.record()).kind, Wait::Kind::unknown);
}

TEST(Recovery, IsUnknownWhenNothingIsOfferedAfterTheFaults) {
  TestRun run({outage("stress", 5s), phase("after", 20s)});
  run.stream(0s, 5s, 10ms);
  EXPECT_EQ(recovery_time(run.record()).kind, Wait::Kind::unknown);
}

TEST(Drain, EndsWithTheLastRecordOfTheBacklog) {
  auto run = run_that_recovers(11s, 14s);
  const auto wait = drain_time(run.record(), account(run.record()));
  ASSERT_EQ(wait.kind, Wait::Kind::after);
  EXPECT_EQ(wait.time, 4s);
}

TEST(Liveness, HoldsWithinItsLimits) {
  auto run = run_that_recovers(12s, 14s);
  EXPECT_EQ(liveness(run), LawVerdict::pass);
}

TEST(Liveness, CatchesALateRecovery) {
  auto run = run_that_recovers(15s, 15500ms);
  run->scenario.limits.recover = 1s;
  EXPECT_EQ(liveness(run), LawVerdict::fail);
}

TEST(Liveness, CatchesALateDrain) {
  auto run = run_that_recovers(11s, 16500ms);
  EXPECT_EQ(liveness(run), LawVerdict::fail);
}

TEST(Liveness, CatchesABacklogThatNeverDrains) {
  auto run = run_that_recovers(10s, std::nullopt);
  EXPECT_EQ(liveness(run), LawVerdict::fail);
}

TEST(Liveness, IsInconclusiveWhenTheRunEndsBeforeTheLimit) {
  auto run = run_that_recovers(10s, std::nullopt, 4s);
  EXPECT_EQ(liveness(run), LawVerdict::inconclusive);
}

TEST(Liveness, IsNotJudgedWithoutFaults) {
  TestRun run;
  run.stream(0s, 10s, 10ms);
  EXPECT_EQ(liveness(run), LawVerdict::not_judged);
}

// The upstream is away in [0, 10 s) and well until 60 s; the breaker may stay open for 5 s.
TestRun run_with_breaker(std::vector<BreakerChange> changes) {
  TestRun run({outage("stress", 10s), phase("after", 50s)});
  auto& delivery = run->scenario.subject.options.delivery;
  delivery.breaker.max_open_time = 5s;
  delivery.timeout = 2s;
  run->breaker = std::move(changes);
  return run;
}

TEST(Breaker, MayRefuseForTwiceItsLongestOpenTime) {
  auto run = run_with_breaker({{1s, BreakerState::open}, {20s, BreakerState::closed}});
  run.offer(2s).accepted().delivered(20s);
  EXPECT_EQ(breaker(run), LawVerdict::pass);
}

TEST(Breaker, IsCaughtRefusingLongerThanThat) {
  auto run = run_with_breaker({{1s, BreakerState::open}, {21s, BreakerState::closed}});
  run.offer(2s).accepted().delivered(21s);
  EXPECT_EQ(breaker(run), LawVerdict::fail);
}

TEST(Breaker, IsCaughtInHalfOpenForEver) {
  auto run = run_with_breaker({{1s, BreakerState::open}, {12s, BreakerState::half_open}});
  run.offer(2s).accepted();
  EXPECT_EQ(breaker(run), LawVerdict::fail);
}

TEST(Breaker, IsCaughtFlappingBetweenOpenAndHalfOpen) {
  std::vector<BreakerChange> changes;
  for (Duration at = 1s; at < 50s; at += 4s) {
    changes.push_back({at, BreakerState::open});
    changes.push_back({at + 2s, BreakerState::half_open});
  }
  auto run = run_with_breaker(changes);
  run.offer(2s).accepted();
  EXPECT_EQ(breaker(run), LawVerdict::fail);
}

TEST(Breaker, MayStayOpenWhenNobodyWaits) {
  auto run = run_with_breaker({{1s, BreakerState::open}});
  run.offer(2s).accepted().delivered(12s);
  run.offer(55s).accepted().delivered(58s);
  EXPECT_EQ(breaker(run), LawVerdict::pass);
}

TEST(Breaker, IsForgivenTheTimeoutOfAProbeThatTheIllUpstreamSwallowed) {
  auto run = run_with_breaker(
      {{1s, BreakerState::open}, {9s, BreakerState::half_open}, {22s, BreakerState::closed}});
  run.offer(2s).accepted().delivered(22s);
  EXPECT_EQ(breaker(run), LawVerdict::pass);
}

TEST(Breaker, IsClosedByTheDeathOfItsProcess) {
  auto run = run_with_breaker({{1s, BreakerState::open}});
  run->ended_lives = {{0, {15s}}};
  run.offer(2s).accepted();
  EXPECT_EQ(breaker(run), LawVerdict::pass);
}
TEST(Breaker, IsNotHeldToWhatItDidWhileItsProcessStopped) {
  auto run = run_with_breaker({{16s, BreakerState::open}});
  run->ended_lives = {{0, {.at = 15s, .killed = false, .gone = 17s}}};
  run.offer(2s).accepted();
  EXPECT_EQ(breaker(run), LawVerdict::pass);
}

}  // namespace
}  // namespace holdfast::oracle
