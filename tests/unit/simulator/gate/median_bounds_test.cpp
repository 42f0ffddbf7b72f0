#include "simulator/gate/median_bounds.h"

#include <gtest/gtest.h>

#include <numeric>

namespace holdfast::gate {
namespace {

// By hand: the largest k with 20 * (C(n,0) + ... + C(n,k-1)) <= 2^n.
//   n = 5: 20 * 1 = 20 <= 32, 20 * 6 = 120 > 32.          n = 8: 20 * 9 = 180 <= 256, 20 * 37 > 256.
//   n = 11: 20 * 67 = 1340 <= 2048, 20 * 232 > 2048.      n = 20: 20 * 21700 <= 1048576, 20 * 60460 > it.
TEST(BoundRank, IsThatOfTheTable) {
  const std::size_t table[] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3,  4,  4, 4,
                               5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11};
  for (std::size_t n = 0; n < std::size(table); ++n) EXPECT_EQ(bound_rank(n), table[n]) << "n = " << n;
}

TEST(BoundRank, AgreesWithExactArithmeticAsFarAsThatGoes) {
  for (std::size_t n = 1; n <= 58; ++n) {
    std::vector<std::uint64_t> row{1};  // of Pascal's triangle
    for (std::size_t i = 0; i < n; ++i) {
      row.push_back(0);
      for (std::size_t j = row.size() - 1; j > 0; --j) row[j] += row[j - 1];
    }
    std::size_t rank = 0;
    for (std::uint64_t sum = row[0]; 20 * sum <= std::uint64_t{1} << n; sum += row[rank]) ++rank;
    EXPECT_EQ(bound_rank(n), rank) << "n = " << n;
  }
}

// For many values the rank is about n/2 - 1.645 * sqrt(n)/2.
TEST(BoundRank, OfManyValuesIsNearTheNormalDistributions) {
  EXPECT_EQ(bound_rank(100), 42U);    // tables of the sign test: 41 or fewer of 100 at 5 %
  EXPECT_EQ(bound_rank(1000), 474U);  // 473 or fewer of 1000
  EXPECT_EQ(bound_rank(1'000'000), bound_rank(kMostForBounds));
}

TEST(MedianBounds, OfFewValuesKnowTheMedianAlone) {
  EXPECT_FALSE(median_bounds({}).median);
  const auto four = median_bounds({4, 1, 3, 2});
  EXPECT_EQ(four.median, 2.0);
  EXPECT_FALSE(four.low);
  EXPECT_FALSE(four.high);
}

TEST(MedianBounds, OfFiveValuesAreTheSmallestAndTheLargest) {
  const auto bounds = median_bounds({0.5, 0.1, 0.9, 0.3, 0.7});
  EXPECT_EQ(bounds.low, 0.1);
  EXPECT_EQ(bounds.median, 0.5);
  EXPECT_EQ(bounds.high, 0.9);
}

TEST(MedianBounds, OfTwentyValuesAreTheSixthFromEitherEnd) {
  std::vector<double> values(20);
  std::iota(values.begin(), values.end(), 1.0);
  const auto bounds = median_bounds(values);
  EXPECT_EQ(bounds.low, 6.0);
  EXPECT_EQ(bounds.median, 10.0);
  EXPECT_EQ(bounds.high, 15.0);
}

}  // namespace
}  // namespace holdfast::gate
