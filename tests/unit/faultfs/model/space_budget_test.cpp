#include "faultfs/model/space_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kBlock = SpaceBudget::kBlock;

TEST(SpaceBudget, WithoutALimitEverythingFitsAndIsCounted) {
  SpaceBudget budget;
  EXPECT_EQ(budget.write(1, 0, 10), 10U);
  EXPECT_EQ(budget.used_bytes(), kBlock);
  EXPECT_TRUE(budget.room_for_name());
  EXPECT_FALSE(budget.limited());
}

TEST(SpaceBudget, AWriteAcrossTheEdgeFitsUpToTheEdge) {
  SpaceBudget budget;
  budget.limit(2 * kBlock);
  EXPECT_EQ(budget.write(1, 100, 3 * kBlock), 2 * kBlock - 100);
  EXPECT_EQ(budget.left_bytes(), 0U);
  EXPECT_EQ(budget.write(1, 2 * kBlock, 1), 0U);
  EXPECT_FALSE(budget.room_for_name());
}

TEST(SpaceBudget, RewritingAndFillingTheLastBlockCostNothing) {
  SpaceBudget budget;
  budget.limit(kBlock);
  EXPECT_EQ(budget.write(1, 0, 10), 10U);
  EXPECT_EQ(budget.write(1, 10, kBlock - 10), kBlock - 10);
  EXPECT_EQ(budget.write(1, 0, kBlock), kBlock);
  EXPECT_EQ(budget.write(1, kBlock, 1), 0U);
}

TEST(SpaceBudget, HolesAreFreeUntilWritten) {
  SpaceBudget budget;
  budget.limit(2 * kBlock);
  EXPECT_EQ(budget.write(1, 100 * kBlock, 1), 1U);
  EXPECT_EQ(budget.write(1, 50 * kBlock, 2 * kBlock), kBlock);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

TEST(SpaceBudget, AWriteOverTakenBlocksReachesTheHoleBehindThem) {
  SpaceBudget budget;
  budget.adopt(1, 2 * kBlock);
  budget.limit(kBlock);
  EXPECT_EQ(budget.write(1, 0, 10 * kBlock), 3 * kBlock);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

TEST(SpaceBudget, TruncateAndRemoveGiveBack) {
  SpaceBudget budget;
  budget.limit(4 * kBlock);
  EXPECT_EQ(budget.write(1, 0, 4 * kBlock), 4 * kBlock);
  budget.truncate(1, kBlock + 1);
  EXPECT_EQ(budget.left_bytes(), 2 * kBlock);
  budget.remove(1);
  EXPECT_EQ(budget.left_bytes(), 4 * kBlock);
  EXPECT_EQ(budget.used_bytes(), 0U);
  EXPECT_FALSE(budget.knows(1));
}

TEST(SpaceBudget, FilesThatExistedBeforeTheLimitGiveBackToo) {
  SpaceBudget budget;
  budget.adopt(1, 3 * kBlock);
  budget.adopt(1, 9 * kBlock);  // known: harmless
  budget.limit(0);
  EXPECT_EQ(budget.write(1, 0, 3 * kBlock), 3 * kBlock);
  budget.remove(1);
  EXPECT_EQ(budget.left_bytes(), 3 * kBlock);
}

TEST(SpaceBudget, AllocationIsAllOrNothing) {
  SpaceBudget budget;
  budget.limit(2 * kBlock);
  EXPECT_FALSE(budget.allocate(1, 0, 3 * kBlock));
  EXPECT_EQ(budget.left_bytes(), 2 * kBlock);
  EXPECT_TRUE(budget.allocate(1, 0, 2 * kBlock));
  EXPECT_EQ(budget.write(1, 0, 2 * kBlock), 2 * kBlock);
}

TEST(SpaceBudget, LiftingTheLimitLetsWritesProceed) {
  SpaceBudget budget;
  budget.limit(0);
  EXPECT_EQ(budget.write(1, 0, 1), 0U);
  budget.limit(std::nullopt);
  EXPECT_EQ(budget.write(1, 0, 1), 1U);
}

TEST(SpaceBudget, OffsetsAtTheEndOfTheRangeDoNotWrapAround) {
  SpaceBudget budget;
  budget.limit(kBlock);
  EXPECT_EQ(budget.write(1, ~0ULL - 10, 100), 100U);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

// The extents must agree with a set of blocks kept the plain way.
TEST(SpaceBudget, AgreesWithAPlainMapOfBlocksUnderRandomUse) {
  RandomStream random(7);
  SpaceBudget budget;
  std::vector<bool> blocks(64, false);
  std::uint64_t left = 40;
  budget.limit(left * kBlock);
  const auto used = [&] {
    return static_cast<std::uint64_t>(std::count(blocks.begin(), blocks.end(), true));
  };
  for (int step = 0; step < 5000; ++step) {
    if (random.chance(100'000'000)) {
      const std::uint64_t keep = random.below(64);
      for (std::size_t i = keep; i < blocks.size(); ++i) {
        if (blocks[i]) ++left;
        blocks[i] = false;
      }
      budget.truncate(1, keep * kBlock);
    } else {
      const std::uint64_t first = random.below(60);
      const std::uint64_t count = 1 + random.below(4);
      std::uint64_t expected = 0;
      while (expected < count && (blocks[first + expected] || left > 0)) {
        if (!blocks[first + expected]) --left;
        blocks[first + expected++] = true;
      }
      ASSERT_EQ(budget.write(1, first * kBlock, count * kBlock), expected * kBlock) << step;
    }
    ASSERT_EQ(budget.left_bytes(), left * kBlock) << step;
    ASSERT_EQ(budget.used_bytes(), used() * kBlock) << step;
  }
}

}  // namespace
}  // namespace holdfast::faultfs
