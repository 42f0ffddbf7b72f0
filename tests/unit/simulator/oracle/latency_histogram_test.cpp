#include "simulator/oracle/latency_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace holdfast::oracle {
namespace {

using Bucket = LatencyHistogram::Bucket;

Bucket only_bucket(std::int64_t nanoseconds) {
  LatencyHistogram histogram;
  histogram.add(Duration(nanoseconds));
  const auto buckets = histogram.buckets();
  EXPECT_EQ(buckets.size(), 1U);
  return buckets.at(0);
}

TEST(LatencyHistogram, IsExactUpTo63Nanoseconds) {
  for (std::int64_t value = 0; value < 64; ++value) EXPECT_EQ(only_bucket(value).highest.count(), value);
}

TEST(LatencyHistogram, RoundsUpByLessThanOneIn32) {
  for (std::int64_t value = 64; value < std::int64_t{1} << 62; value += value / 7) {
    const auto highest = only_bucket(value).highest.count();
    ASSERT_GE(highest, value);
    ASSERT_LT(highest - value, value / 32 + 1) << value;
  }
}

TEST(LatencyHistogram, ABucketsHighestValueBelongsToItAndTheNextOneDoesNot) {
  for (std::int64_t value = 1; value < std::int64_t{1} << 62; value += value / 5 + 1) {
    const auto highest = only_bucket(value).highest.count();
    ASSERT_EQ(only_bucket(highest).highest.count(), highest);
    ASSERT_GT(only_bucket(highest + 1).highest.count(), highest);
  }
}

TEST(LatencyHistogram, HoldsTheShortestAndTheLongest) {
  EXPECT_EQ(only_bucket(-5).highest.count(), 0);
  const auto longest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(only_bucket(longest).highest.count(), longest);
}

TEST(LatencyHistogram, CountsEveryCallOnceShortestFirst) {
  LatencyHistogram histogram;
  for (const int value : {900, 5, 5, 60'000, 901}) histogram.add(Duration(value));
  std::vector<std::int64_t> counts;
  for (const auto& bucket : histogram.buckets()) counts.push_back(static_cast<std::int64_t>(bucket.count));
  EXPECT_THAT(counts, ::testing::ElementsAre(2, 2, 1));
  EXPECT_EQ(histogram.total(), 5U);
}

}  // namespace
}  // namespace holdfast::oracle
