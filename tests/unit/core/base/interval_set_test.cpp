#include "core/base/interval_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "core/base/random.h"

namespace holdfast {
namespace {

using Intervals = std::map<std::uint64_t, std::uint64_t>;

TEST(IntervalSet, JoinsFromBothSides) {
  IntervalSet set;
  EXPECT_TRUE(set.empty());
  for (const std::uint64_t number : {1, 2, 3, 7, 5, 6, 4}) EXPECT_TRUE(set.insert(number));
  EXPECT_EQ(set.intervals(), (Intervals{{1, 7}}));
  EXPECT_TRUE(set.insert(0));
  EXPECT_TRUE(set.insert(9));
  EXPECT_EQ(set.intervals(), (Intervals{{0, 7}, {9, 9}}));
  EXPECT_EQ(set.size(), 9U);
}

TEST(IntervalSet, TakesAnIntervalWholeOrNotAtAll) {
  IntervalSet set;
  EXPECT_TRUE(set.insert(10, 14));
  for (const auto& [first, last] : {std::pair{14, 16}, {8, 10}, {5, 24}, {11, 12}})
    EXPECT_FALSE(set.insert(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)));
  EXPECT_EQ(set.intervals(), (Intervals{{10, 14}}));
  EXPECT_EQ(set.size(), 5U);
}

TEST(IntervalSet, ReachesToTheLargestNumber) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  IntervalSet set;
  EXPECT_TRUE(set.insert(kMost));
  EXPECT_TRUE(set.insert(1, kMost - 1));
  EXPECT_FALSE(set.insert(kMost));
  EXPECT_TRUE(set.contains(kMost));
  EXPECT_FALSE(set.contains(0));
}

TEST(IntervalSet, ClosesTheNarrowestGapsUntilItIsSmallEnough) {
  IntervalSet set;
  for (const std::uint64_t number : {1, 3, 10, 12, 20}) set.insert(number);
  EXPECT_EQ(set.join_nearest(5), 0U);
  EXPECT_EQ(set.join_nearest(3), 2U);
  EXPECT_EQ(set.intervals(), (Intervals{{1, 3}, {10, 12}, {20, 20}}));
  EXPECT_EQ(set.join_nearest(1), 13U);
  EXPECT_EQ(set.intervals(), (Intervals{{1, 20}}));
  EXPECT_EQ(set.size(), 20U);
}

// Against the obvious way to do it.
TEST(IntervalSet, AgreesWithASetOfAllInAnyOrder) {
  RandomStream draws = Random(1).stream("test");
  IntervalSet set;
  std::set<std::uint64_t> all;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t number = draws.below(9000), other = draws.below(9000);
    EXPECT_EQ(set.insert(number), all.insert(number).second) << i;
    EXPECT_EQ(set.contains(other), all.contains(other)) << i;
  }
  EXPECT_EQ(set.size(), all.size());
}

}  // namespace
}  // namespace holdfast
