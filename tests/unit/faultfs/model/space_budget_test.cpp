#include "faultfs/model/space_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kUnit = SpaceBudget::kBlock;

TEST(SpaceBudget, WithoutALimitEverythingFitsAndIsCounted) {
  SpaceBudget budget;
  EXPECT_EQ(budget.write(1, 0, 10), 10U);
  EXPECT_EQ(budget.used_bytes(), kUnit);
  EXPECT_TRUE(budget.room_for_name());
  EXPECT_FALSE(budget.limited());
}

TEST(SpaceBudget, AWriteAcrossTheEdgeFitsUpToTheEdge) {
  SpaceBudget budget;
  budget.limit(2 * kUnit);
  EXPECT_EQ(budget.write(1, 100, 3 * kUnit), 2 * kUnit - 100);
  EXPECT_EQ(budget.left_bytes(), 0U);
  EXPECT_EQ(budget.write(1, 2 * kUnit, 1), 0U);
  EXPECT_FALSE(budget.room_for_name());
}

TEST(SpaceBudget, RewritingAndFillingTheLastBlockCostNothing) {
  SpaceBudget budget;
  budget.limit(kUnit);
  EXPECT_EQ(budget.write(1, 0, 10), 10U);
  EXPECT_EQ(budget.write(1, 10, kUnit - 10), kUnit - 10);
  EXPECT_EQ(budget.write(1, 0, kUnit), kUnit);
  EXPECT_EQ(budget.write(1, kUnit, 1), 0U);
}

TEST(SpaceBudget, HolesAreFreeUntilWritten) {
  SpaceBudget budget;
  budget.limit(2 * kUnit);
  EXPECT_EQ(budget.write(1, 100 * kUnit, 1), 1U);
  EXPECT_EQ(budget.write(1, 50 * kUnit, 2 * kUnit), kUnit);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

TEST(SpaceBudget, AWriteOverTakenBlocksReachesTheHoleBehindThem) {
  SpaceBudget budget;
  budget.adopt(1, 2 * kUnit);
  budget.limit(kUnit);
  EXPECT_EQ(budget.write(1, 0, 10 * kUnit), 3 * kUnit);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

TEST(SpaceBudget, TruncateAndRemoveGiveBack) {
  SpaceBudget budget;
  budget.limit(4 * kUnit);
  EXPECT_EQ(budget.write(1, 0, 4 * kUnit), 4 * kUnit);
  budget.truncate(1, kUnit + 1);
  EXPECT_EQ(budget.left_bytes(), 2 * kUnit);
  budget.remove(1);
  EXPECT_EQ(budget.left_bytes(), 4 * kUnit);
  EXPECT_EQ(budget.used_bytes(), 0U);
  EXPECT_FALSE(budget.knows(1));
}

TEST(SpaceBudget, FilesThatExistedBeforeTheLimitGiveBackToo) {
  SpaceBudget budget;
  budget.adopt(1, 3 * kUnit);
  budget.adopt(1, 9 * kUnit);  // known: harmless
  budget.limit(0);
  EXPECT_EQ(budget.write(1, 0, 3 * kUnit), 3 * kUnit);
  budget.remove(1);
  EXPECT_EQ(budget.left_bytes(), 3 * kUnit);
}

TEST(SpaceBudget, AllocationIsAllOrNothing) {
  SpaceBudget budget;
  budget.limit(2 * kUnit);
  EXPECT_FALSE(budget.allocate(1, 0, 3 * kUnit));
  EXPECT_EQ(budget.left_bytes(), 2 * kUnit);
  EXPECT_TRUE(budget.allocate(1, 0, 2 * kUnit));
  EXPECT_EQ(budget.write(1, 0, 2 * kUnit), 2 * kUnit);
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
  budget.limit(kUnit);
  EXPECT_EQ(budget.write(1, ~0ULL - 10, 100), 100U);
  EXPECT_EQ(budget.left_bytes(), 0U);
}

// The extents must agree with a set of blocks kept the plain way.
TEST(SpaceBudget, AgreesWithAPlainMapOfBlocksUnderRandomUse) {
  RandomStream random(7);
  SpaceBudget budget;
  std::vector<bool> blocks(64, false);
  std::uint64_t left = 40;
  budget.limit(left * kUnit);
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
      budget.truncate(1, keep * kUnit);
    } else {
      const std::uint64_t first = random.below(60);
      const std::uint64_t count = 1 + random.below(4);
      std::uint64_t expected = 0;
      while (expected < count && (blocks[first + expected] || left > 0)) {
        if (!blocks[first + expected]) --left;
        blocks[first + expected++] = true;
      }
      ASSERT_EQ(budget.write(1, first * kUnit, count * kUnit), expected * kUnit) << step;
    }
    ASSERT_EQ(budget.left_bytes(), left * kUnit) << step;
    ASSERT_EQ(budget.used_bytes(), used() * kUnit) << step;
  }
}

}  // namespace
}  // namespace holdfast::faultfs
