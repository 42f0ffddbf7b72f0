#include "core/usage/summary.h"

#include "tests/unit/core/usage/usage_fixture.h"

namespace holdfast::usage {
namespace {

Sums costing(std::uint64_t nanousd) { return {.records = 1, .cost_nanousd = nanousd}; }

TEST(Summary, TellsTodayTheLastDaysAndAll) {
  Totals totals;
  totals.add(kToday, {"a", "x", "chat"}, costing(1), kBounds);
  totals.add(kToday - 6, {"b", "x", "chat"}, costing(10), kBounds);
  totals.add(kToday - 7, {"a", "y", "review"}, costing(100), kBounds);
  totals.add(kEarlier, {"a", "y", "review"}, costing(1000), kBounds);
  const Summary summary = summarise(totals, kToday, 7);
  EXPECT_EQ(summary.today.cost_nanousd, 1U);
  EXPECT_EQ(summary.last_days.cost_nanousd, 11U);
  EXPECT_EQ(summary.all.cost_nanousd, 1111U);
  EXPECT_EQ(summary.by_model.at("a").cost_nanousd, 1101U);
  EXPECT_EQ(summary.by_provider.at("x").cost_nanousd, 11U);
  EXPECT_EQ(summary.by_operation.at("review").records, 2U);
}

TEST(Summary, ProjectsTheMeanDayOnThirty) {
  Totals totals;
  totals.add(kToday, {"a", "x", "chat"}, costing(700), kBounds);
  EXPECT_EQ(summarise(totals, kToday, 7).monthly_cost_nanousd, 21'000U) << "there was one day only";
  totals.add(kToday - 3, {"a", "x", "chat"}, costing(100), kBounds);
  EXPECT_EQ(summarise(totals, kToday, 7).monthly_cost_nanousd, 6'000U) << "800 in four days";
  totals.add(kEarlier, {"a", "x", "chat"}, costing(1), kBounds);
  EXPECT_EQ(summarise(totals, kToday, 8).monthly_cost_nanousd, 3'000U) << "800 in eight days";
}

TEST(Summary, OfNothingIsNothing) {
  const Summary summary = summarise({}, kToday, 0);
  EXPECT_EQ(summary.monthly_cost_nanousd, 0U);
  EXPECT_TRUE(summary.by_model.empty());
}

}  // namespace
}  // namespace holdfast::usage
