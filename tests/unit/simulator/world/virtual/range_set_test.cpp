#include "simulator/world/virtual/range_set.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/random.h"

namespace holdfast::world {
namespace {

TEST(RangeSet, JoinsNeighboursAndSplits) {
  RangeSet set;
  set.add(0, 3);
  set.add(3, 5);
  EXPECT_EQ(std::distance(set.begin(), set.end()), 1);
  set.remove(1, 2);
  EXPECT_TRUE(set.contains(0));
  EXPECT_FALSE(set.contains(1));
  EXPECT_TRUE(set.contains(4));
  EXPECT_FALSE(set.contains(5));
}

TEST(RangeSet, AgreesWithAPlainSet) {
  RangeSet ranges;
  std::set<std::uint64_t> plain;
  RandomStream random(9);
  for (int step = 0; step < 3000; ++step) {
    const auto first = random.below(60);
    const auto last = first + random.below(12);
    const bool add = random.below(2) == 0;
    add ? ranges.add(first, last) : ranges.remove(first, last);
    for (auto n = first; n < last; ++n) add ? (void)plain.insert(n) : (void)plain.erase(n);
    for (std::uint64_t n = 0; n < 75; ++n)
      ASSERT_EQ(ranges.contains(n), plain.contains(n)) << step << " " << n;
  }
}

}  // namespace
}  // namespace holdfast::world
