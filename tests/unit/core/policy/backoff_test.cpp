#include "core/policy/backoff.h"

#include <gtest/gtest.h>

namespace holdfast::policy {
namespace {

using std::chrono::milliseconds;

const Backoff kBackoff({.base = milliseconds(100), .max = milliseconds(1000)});

TEST(Backoff, StaysWithinHalfBaseAndTheGrowingCeiling) {
  RandomStream jitter(1);
  for (std::uint32_t attempt = 0; attempt < 8; ++attempt) {
    const Duration ceiling = std::min<Duration>(milliseconds(1000), milliseconds(100) * (1 << attempt));
    for (int i = 0; i < 200; ++i) {
      const Duration delay = kBackoff.delay(attempt, jitter);
      EXPECT_GE(delay, milliseconds(50));
      EXPECT_LE(delay, ceiling);
    }
  }
}

TEST(Backoff, SpreadsOverItsWholeRange) {
  RandomStream jitter(2);
  Duration least = milliseconds(1000), most{0};
  for (int i = 0; i < 500; ++i) {
    const Duration delay = kBackoff.delay(10, jitter);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_LT(least, milliseconds(100));
  EXPECT_GT(most, milliseconds(950));
}

// LS-19: the exponent overflows and the delay turns negative.
TEST(Backoff, NeverOverflowsAtHighAttemptNumbers) {
  RandomStream jitter(3);
  for (std::uint32_t attempt : {62U, 63U, 64U, 1000U, 0xffffffffU}) {
    const Duration delay = kBackoff.delay(attempt, jitter);
    EXPECT_GT(delay.count(), 0);
    EXPECT_LE(delay, milliseconds(1000));
  }
}

}  // namespace
}  // namespace holdfast::policy
