#include "core/policy/circuit_breaker.h"

#include <gtest/gtest.h>

namespace holdfast::policy {
namespace {

using std::chrono::seconds;
using State = CircuitBreaker::State;

constexpr BreakerSettings kSettings{.failure_threshold = 3,
                                    .open_time = seconds(1),
                                    .max_open_time = seconds(8),
                                    .half_open_permits = 1,
                                    .permit_timeout = seconds(10)};

class CircuitBreakerTest : public testing::Test {
 protected:
  CircuitBreaker breaker{kSettings, RandomStream(7)};
  Time now{seconds(100)};

  void fail_times(int times) {
    for (int i = 0; i < times; ++i) breaker.fail(*breaker.try_acquire(now), now);
  }
  CircuitBreaker::Permit probe_after(Duration pause) {
    now += pause;
    auto permit = breaker.try_acquire(now);
    EXPECT_TRUE(permit.has_value());
    return *permit;
  }
};

TEST_F(CircuitBreakerTest, OpensAfterThresholdOfConsecutiveFailures) {
  fail_times(2);
  EXPECT_EQ(breaker.state(), State::closed);
  fail_times(1);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(breaker.try_acquire(now));
}

TEST_F(CircuitBreakerTest, SuccessResetsTheCount) {
  fail_times(2);
  breaker.succeed(*breaker.try_acquire(now), now);
  fail_times(2);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(CircuitBreakerTest, AdmitsOneProbeAfterTheOpenTime) {
  fail_times(3);
  probe_after(seconds(1));
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_FALSE(breaker.try_acquire(now));
}

TEST_F(CircuitBreakerTest, ProbeSuccessCloses) {
  fail_times(3);
  breaker.succeed(probe_after(seconds(1)), now);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(CircuitBreakerTest, OpenTimeDoublesUpToItsMaximumAndResets) {
  fail_times(3);
  for (int i = 0; i < 10; ++i) {
    breaker.fail(probe_after(seconds(8)), now);
    EXPECT_LE(breaker.retry_at() - now, seconds(8));
  }
  EXPECT_GE(breaker.retry_at() - now, seconds(7));
  breaker.succeed(probe_after(seconds(8)), now);
  fail_times(3);
  EXPECT_LE(breaker.retry_at() - now, seconds(1));
}

// S-02, CB-06, CB-11: the only probe is cancelled, or never returns.
TEST_F(CircuitBreakerTest, AbandonedProbeFreesItsSlot) {
  fail_times(3);
  breaker.abandon(probe_after(seconds(1)), now);
  EXPECT_TRUE(breaker.try_acquire(now));
}

TEST_F(CircuitBreakerTest, SilentProbeCountsAsFailedAfterItsTimeout) {
  fail_times(3);
  const auto lost = probe_after(seconds(1));
  now += seconds(10);
  EXPECT_FALSE(breaker.try_acquire(now));
  EXPECT_EQ(breaker.state(), State::open);
  const auto second = probe_after(seconds(8));
  breaker.fail(lost, now);  // too late to matter
  EXPECT_EQ(breaker.state(), State::half_open);
  breaker.succeed(second, now);
  EXPECT_EQ(breaker.state(), State::closed);
}

// CB-08, CB-16: results of calls begun while closed decide nothing later.
TEST_F(CircuitBreakerTest, LateResultsOfAnOlderStateAreIgnored) {
  const auto early = *breaker.try_acquire(now);
  fail_times(3);
  const Time until = breaker.retry_at();
  breaker.fail(early, now);
  breaker.succeed(early, now);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.retry_at(), until);
}

}  // namespace
}  // namespace holdfast::policy
