#include "core/usage/totals.h"

#include <gtest/gtest.h>

#include <limits>

namespace holdfast::usage {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kDayNs = std::int64_t{86'400} * 1'000'000'000;

Names model(const std::string& name) { return {name, "openai", "chat"}; }
Sums one() {
  return {.records = 1, .input_tokens = 10, .output_tokens = 1, .latency_us = 5, .cost_nanousd = 3};
}

TEST(Days, AreWrittenAndReadAsDates) {
  for (const auto& [day, text] : {std::pair<Day, const char*>{0, "1970-01-01"},
                                  {20'782, "2026-11-25"},
                                  {-1, "1969-12-31"},
                                  {kEarlier, "earlier"}}) {
    EXPECT_EQ(day_text(day), text);
    EXPECT_EQ(parse_day(text), day);
  }
  for (const char* text :
       {"", "2026-13-01", "2026-02-30", "2026-1-1", "2026/01/01", "yesterday", "20261-01-0"})
    EXPECT_EQ(parse_day(text), std::nullopt) << text;
}

TEST(Days, BeginAtMidnightAlsoBeforeTheEpoch) {
  EXPECT_EQ(day_of(0), 0);
  EXPECT_EQ(day_of(kDayNs - 1), 0);
  EXPECT_EQ(day_of(kDayNs), 1);
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(-kDayNs), -1);
  EXPECT_EQ(day_of(std::numeric_limits<std::int64_t>::min()), -106'752);
}

TEST(Days, OfStrangersMakeNoMoreDaysThanAreKept) {
  EXPECT_EQ(kept_day(100, 100, 90), 100);
  EXPECT_EQ(kept_day(11, 100, 90), 11);
  EXPECT_EQ(kept_day(10, 100, 90), kEarlier);
  EXPECT_EQ(kept_day(101, 100, 90), 100) << "tomorrow is counted today";
}

TEST(Totals, SumByDayAndNames) {
  Totals totals;
  totals.add(5, model("a"), one(), {});
  totals.add(5, model("a"), one(), {});
  totals.add(5, model("b"), one(), {});
  totals.add(6, model("a"), one(), {});
  EXPECT_EQ(totals.days().at(5).at(model("a")).records, 2U);
  EXPECT_EQ(totals.days().at(5).size(), 2U);
  EXPECT_EQ(totals.days().at(6).size(), 1U);
  EXPECT_EQ(totals.sum().records, 4U);
  EXPECT_EQ(totals.sum().cost_nanousd, 12U);
}

TEST(Totals, StayAtTheLargestNumberInsteadOfPassingIt) {
  Totals totals;
  totals.add(5, model("a"), {.records = 1, .cost_nanousd = kMost - 1}, {});
  totals.add(5, model("a"), {.records = 1, .cost_nanousd = 7}, {});
  EXPECT_EQ(totals.sum().cost_nanousd, kMost);
  EXPECT_EQ(totals.sum().records, 2U);
}

TEST(Totals, KeysBeyondTheBoundAreCountedAsOther) {
  Totals totals;
  const Bounds bounds{.keys_per_day = 3, .days = 90};
  int own = 0;
  for (int i = 0; i < 100; ++i) own += totals.add(5, model("m" + std::to_string(i)), one(), bounds) ? 1 : 0;
  EXPECT_EQ(own, 3);
  EXPECT_EQ(totals.days().at(5).size(), 4U);
  EXPECT_EQ(totals.days().at(5).at(other_names()).records, 97U);
  EXPECT_TRUE(totals.add(5, model("m1"), one(), bounds)) << "a row that is there goes on";
  EXPECT_EQ(totals.sum().records, 101U);
}

TEST(Totals, DaysBeyondTheBoundAreSummedUpAsEarlier) {
  Totals totals;
  const Bounds bounds{.keys_per_day = 3, .days = 10};
  for (Day day = 1; day <= 30; ++day) totals.add(day, model("a"), one(), bounds);
  EXPECT_EQ(totals.days().size(), 11U);
  EXPECT_EQ(totals.days().at(kEarlier).at(model("a")).records, 20U);
  EXPECT_EQ(totals.days().rbegin()->first, 30);
  EXPECT_EQ(totals.sum().records, 30U);
}

TEST(Totals, OfTwoPartsAreTheTotalsOfTheWhole) {
  Totals whole, first, second;
  for (int i = 0; i < 50; ++i) {
    const Day day = i % 3;
    const Names names = model("m" + std::to_string(i % 4));
    whole.add(day, names, one(), {});
    (i % 2 == 0 ? first : second).add(day, names, one(), {});
  }
  first.add(second, {});
  EXPECT_EQ(first, whole);
}

}  // namespace
}  // namespace holdfast::usage
