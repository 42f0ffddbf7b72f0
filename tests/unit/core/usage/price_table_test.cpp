#include "core/usage/price_table.h"

#include <gtest/gtest.h>

#include <limits>

namespace holdfast::usage {
namespace {

PriceTable table(std::string_view text) {
  auto parsed = PriceTable::parse(text);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return std::move(*parsed);
}

TEST(PriceTable, ReadsDollarsPerMillionTokens) {
  const auto prices = table("gpt-4o=2.5/10, gpt-4o-mini = 0.15 / 0.6,tiny=0.001/1000000");
  EXPECT_EQ(*prices.find("gpt-4o"), (Price{2'500, 10'000}));
  EXPECT_EQ(*prices.find("gpt-4o-mini"), (Price{150, 600}));
  EXPECT_EQ(*prices.find("tiny"), (Price{1, 1'000'000'000}));
  EXPECT_EQ(prices.find("gpt"), nullptr);
  EXPECT_EQ(table("").find("gpt-4o"), nullptr);
}

TEST(PriceTable, TheLongestStarThatFitsCountsAndAWholeNameBeforeAny) {
  const auto prices = table("*=1/1, claude-*=3/15, claude-3-5-haiku*=0.8/4, claude-3-5-haiku=9/9");
  EXPECT_EQ(prices.find("gpt")->input_nanousd, 1'000U);
  EXPECT_EQ(prices.find("claude-2")->input_nanousd, 3'000U);
  EXPECT_EQ(prices.find("claude-3-5-haiku-2024")->input_nanousd, 800U);
  EXPECT_EQ(prices.find("claude-3-5-haiku")->input_nanousd, 9'000U);
  EXPECT_EQ(prices.find("")->input_nanousd, 1'000U);
}

TEST(PriceTable, AWrongEntryIsNamedWithWhatOneLooksLike) {
  for (const char* text : {"gpt", "gpt=1", "gpt=1/x", "=1/2", "gpt=1.2345/1", "gpt=-1/2", "gpt=1./2",
                           "gpt=1000001/1", "gpt=1/2/3", "a=1/1,,b=1/1", "gpt=.5/1", "gpt=1/2 3"}) {
    const auto parsed = PriceTable::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_NE(parsed.error().message.find("MODEL=INPUT/OUTPUT"), std::string::npos);
  }
}

TEST(PriceTable, GivesSumsTheirCostOrCallsThemUnpriced) {
  const auto prices = table("gpt-4o=2.5/10, dear=1000000/1000000");
  Sums sums{.records = 2, .input_tokens = 1000, .output_tokens = 10};
  prices.apply("gpt-4o", sums);
  EXPECT_EQ(sums.cost_nanousd, 2'600'000U);
  EXPECT_EQ(sums.unpriced, 0U);
  prices.apply("unheard-of", sums);
  EXPECT_EQ(sums.cost_nanousd, 2'600'000U);
  EXPECT_EQ(sums.unpriced, 2U);
  Sums many{.records = 1, .input_tokens = std::uint64_t{1} << 40};
  prices.apply("dear", many);
  EXPECT_EQ(many.cost_nanousd, std::numeric_limits<std::uint64_t>::max()) << "and never less than it was";
}

}  // namespace
}  // namespace holdfast::usage
