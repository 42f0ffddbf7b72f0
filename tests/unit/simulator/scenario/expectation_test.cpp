#include "simulator/scenario/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/scenario/measures.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;

std::string error_in(std::string_view text) {
  const auto expectation = parse_expectation(text);
  return expectation ? "" : expectation.error().message;
}

TEST(Expectation, ReadsSharesDurationsAndCounts) {
  const auto share = parse_expectation("retention.durable >= 10%");
  ASSERT_TRUE(share);
  EXPECT_EQ(share->measure, "retention.durable");
  EXPECT_EQ(share->comparator, Comparator::greater_equal);
  EXPECT_DOUBLE_EQ(share->value, 0.10);
  EXPECT_EQ(share->text, "retention.durable >= 10%");
  EXPECT_DOUBLE_EQ(parse_expectation("oracle_ratio > 0.5")->value, 0.5);
  EXPECT_DOUBLE_EQ(parse_expectation("  recovery.time\t<=   1500ms ")->value, 1.5);
  EXPECT_DOUBLE_EQ(parse_expectation("loss.unaccounted == 0")->value, 0);
  EXPECT_DOUBLE_EQ(parse_expectation("amplification.max <= 1.5")->value, 1.5);
}

TEST(Expectation, IsToldAsWrittenAndSharesInPercent) {
  const auto told = [](const char* text) { return parse_expectation(text)->text; };
  EXPECT_EQ(told("retention.durable >= 0.1"), "retention.durable >= 10%");
  EXPECT_EQ(told("oracle_ratio > 0.999"), "oracle_ratio > 99.9%");
  EXPECT_EQ(told("recovery.time <= 1500ms"), "recovery.time <= 1500ms");
  EXPECT_EQ(told("amplification.max <= 0.5"), "amplification.max <= 0.5") << "a factor is no share";
}

TEST(Expectation, EveryComparatorComparesAsWritten) {
  const auto met = [](const char* comparator, double measured) {
    return holds(*parse_expectation("duplicates " + std::string(comparator) + " 2"), measured);
  };
  EXPECT_TRUE(met("<", 1) && !met("<", 2) && !met("<", 3));
  EXPECT_TRUE(met("<=", 1) && met("<=", 2) && !met("<=", 3));
  EXPECT_TRUE(!met("==", 1) && met("==", 2) && !met("==", 3));
  EXPECT_TRUE(!met(">=", 1) && met(">=", 2) && met(">=", 3));
  EXPECT_TRUE(!met(">", 1) && !met(">", 2) && met(">", 3));
}

TEST(Expectation, EveryKnownMeasureCanBeExpected) {
  for (const auto& measure : known_measures()) {
    const char* value = measure.unit == MeasureUnit::duration ? "1s" : "1";
    EXPECT_EQ(error_in(std::string(measure.name) + " <= " + value), "");
  }
}

TEST(Expectation, RefusesUnitsThatDoNotFitTheMeasure) {
  EXPECT_THAT(error_in("recovery.time <= 20"), HasSubstr("a duration like 20s"));
  EXPECT_THAT(error_in("recovery.time <= 20%"), HasSubstr("a duration like 20s"));
  EXPECT_THAT(error_in("retention.durable >= 10s"), HasSubstr("a share like 10%"));
  EXPECT_THAT(error_in("duplicates == 10%"), HasSubstr("a number like 0"));
  EXPECT_THAT(error_in("amplification.max <= 150%"), HasSubstr("a factor like 1.5"));
}

TEST(Expectation, RefusesWhatIsNoSentence) {
  EXPECT_THAT(error_in("retention.durable>=10%"), HasSubstr("with spaces between"));
  EXPECT_THAT(error_in("retention.durable => 10%"), HasSubstr("the comparator \"=>\""));
  EXPECT_THAT(error_in("retention.durabel >= 10%"), HasSubstr("did you mean \"retention.durable\"?"));
  for (const char* text :
       {"", " ", "duplicates", "duplicates ==", "duplicates == 0 0", "duplicates == -1", "duplicates == nan",
        "duplicates == inf", "duplicates == 1e3", "duplicates == 0x1", "retention.durable >= %"})
    EXPECT_NE(error_in(text), "") << text;
}

}  // namespace
}  // namespace holdfast::scenario
