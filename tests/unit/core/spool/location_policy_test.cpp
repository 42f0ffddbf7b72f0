#include "core/spool/location_policy.h"

#include <gtest/gtest.h>

namespace holdfast::spool {
namespace {

using namespace std::chrono_literals;
using Failure = LocationPolicy::Failure;

constexpr Time kNow{100s};

LocationPolicy three_usable() {
  LocationPolicy policy(3, {.retry = 1s, .longest_retry = 10s});
  for (std::size_t at = 0; at < 3; ++at) policy.restore(at);
  return policy;
}

TEST(LocationPolicy, NobodyHasOpenedAnythingAtFirstAndAllIsDue) {
  LocationPolicy policy(2, {.retry = 1s, .longest_retry = 10s});
  EXPECT_FALSE(policy.in_use());
  EXPECT_EQ(policy.due(kNow), 0U);
  policy.restore(0);
  EXPECT_EQ(policy.in_use(), 0U);
  EXPECT_EQ(policy.due(kNow), 1U);
}

TEST(LocationPolicy, TheBestUsableOneIsWritten) {
  auto policy = three_usable();
  EXPECT_EQ(policy.in_use(), 0U);
  policy.fail(1, kNow, Failure::refuses);
  EXPECT_EQ(policy.in_use(), 0U) << "what happens to a later one changes nothing";
  policy.fail(0, kNow, Failure::refuses);
  EXPECT_EQ(policy.in_use(), 2U);
  policy.fail(2, kNow, Failure::refuses);
  EXPECT_FALSE(policy.in_use());
  policy.restore(1);
  policy.restore(0);
  EXPECT_EQ(policy.in_use(), 0U) << "and the way back";
}

TEST(LocationPolicy, ThePauseDoublesUpToItsLimitWhileAnotherIsWritten) {
  auto policy = three_usable();
  Time now = kNow;
  for (const Duration pause : {1s, 2s, 4s, 8s, 10s, 10s}) {
    policy.fail(0, now, Failure::refuses);
    EXPECT_FALSE(policy.due(now + pause - 1ns));
    EXPECT_EQ(policy.due(now + pause), 0U);
    EXPECT_EQ(policy.next_due(), now + pause);
    now += pause;
  }
}

TEST(LocationPolicy, OnlyACommitThatSucceededStartsThePauseAnew) {
  auto policy = three_usable();
  policy.fail(0, kNow, Failure::refuses);
  policy.fail(0, kNow, Failure::refuses);
  policy.restore(0);
  policy.fail(0, kNow, Failure::refuses);
  EXPECT_EQ(policy.next_due(), kNow + 4s) << "trials that work and commits that fail do not flap";
  policy.restore(0);
  policy.confirm(0);
  policy.fail(0, kNow, Failure::refuses);
  EXPECT_EQ(policy.next_due(), kNow + 1s);
}

TEST(LocationPolicy, WhileNoneIsUsableEachIsTriedAfterTheShortestPause) {
  auto policy = three_usable();
  for (int i = 0; i < 5; ++i)
    for (std::size_t at = 0; at < 3; ++at) policy.fail(at, kNow, Failure::refuses);
  for (std::size_t at = 0; at < 3; ++at) {
    EXPECT_EQ(policy.due(kNow + 1s), at);
    policy.fail(at, kNow + 1s, Failure::refuses);
  }
  EXPECT_FALSE(policy.due(kNow + 1s));
  policy.restore(2);
  EXPECT_EQ(policy.next_due(), kNow + 11s) << "with one of them back there is time";
}

TEST(LocationPolicy, OneThatHangsDoesNotAnswerUntilATrialSaysSo) {
  auto policy = three_usable();
  policy.fail(0, kNow, Failure::hangs);
  EXPECT_FALSE(policy.answers(0));
  EXPECT_TRUE(policy.answers(1));
  policy.restore(0);
  EXPECT_TRUE(policy.answers(0));
}

TEST(LocationPolicy, HasteMakesItDueAtOnce) {
  auto policy = three_usable();
  policy.fail(0, kNow, Failure::refuses);
  policy.fail(0, kNow, Failure::refuses);
  policy.hasten(0);
  EXPECT_EQ(policy.due(kNow), 0U);
}

TEST(LocationPolicy, KnowsWhetherThereIsAnother) {
  auto policy = three_usable();
  EXPECT_TRUE(policy.any_usable_but(0));
  policy.fail(1, kNow, Failure::refuses);
  policy.fail(2, kNow, Failure::refuses);
  EXPECT_FALSE(policy.any_usable_but(0));
}

}  // namespace
}  // namespace holdfast::spool
