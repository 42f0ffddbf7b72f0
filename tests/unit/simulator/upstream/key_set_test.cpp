#include "simulator/upstream/key_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace holdfast::upstream {
namespace {

// Around the edges of words, of two epochs, twice each and in no order.
TEST(KeySet, TellsEveryKeyFromItsNeighbours) {
  KeySet keys;
  std::set<std::pair<std::uint64_t, std::uint64_t>> reference;
  RandomStream random(5);
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t epoch = random.below(2);
    const std::uint64_t sequence = random.below(1000);
    const bool known = reference.contains({epoch, sequence});
    EXPECT_EQ(keys.contains({epoch, sequence}), known);
    EXPECT_EQ(keys.insert({epoch, sequence}), !known);
    reference.insert({epoch, sequence});
    ASSERT_EQ(keys.size(), reference.size());
  }
  EXPECT_FALSE(keys.contains({2, 0}));
}

TEST(KeySet, HoldsTheLastSequence) {
  constexpr auto kLast = std::numeric_limits<std::uint64_t>::max();
  KeySet keys;
  EXPECT_TRUE(keys.insert({1, kLast}));
  EXPECT_TRUE(keys.contains({1, kLast}));
  EXPECT_FALSE(keys.contains({1, kLast - 1}));
  EXPECT_FALSE(keys.contains({1, kLast - 64}));
}

}  // namespace
}  // namespace holdfast::upstream
