#include "core/base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using std::chrono::nanoseconds;
using testing::HasSubstr;

TEST(Units, DurationsAreANumberAndAUnit) {
  EXPECT_EQ(*parse_duration("100us"), std::chrono::microseconds(100));
  EXPECT_EQ(*parse_duration("5s"), std::chrono::seconds(5));
  EXPECT_EQ(*parse_duration("2m"), std::chrono::minutes(2));
  EXPECT_EQ(*parse_duration("0s"), nanoseconds(0));
  EXPECT_EQ(*parse_duration("1.5s"), std::chrono::milliseconds(1500));
  EXPECT_EQ(*parse_duration("1.50s"), std::chrono::milliseconds(1500));
}

TEST(Units, SizesAreBinary) {
  EXPECT_EQ(*parse_size("4096B"), 4096U);
  EXPECT_EQ(*parse_size("256KiB"), 262144U);
  EXPECT_EQ(*parse_size("64MiB"), 67108864U);
  EXPECT_EQ(*parse_size("0.5KiB"), 512U);
}

TEST(Units, RatesAreEventsPerSecond) {
  EXPECT_DOUBLE_EQ(*parse_rate("2000/s"), 2000.0);
  EXPECT_DOUBLE_EQ(*parse_rate("90/m"), 1.5);
  EXPECT_DOUBLE_EQ(*parse_rate("0.5/s"), 0.5);
}

TEST(Units, WhatIsNoNumberAndUnitIsRefusedWithTheUnitsAllowed) {
  for (const auto* text : {"", "5", "s", "-5s", "5 s", "5sec", "1.s", ".5s", "5s ", "1e3s", "0x5s"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("ns, us, ms, s, m, h")) << text;
  }
  EXPECT_THAT(parse_size("5MB").error().message, HasSubstr("KiB"));
  EXPECT_THAT(parse_rate("5").error().message, HasSubstr("/s"));
}

TEST(Units, WhatCannotBeHeldExactlyIsRefused) {
  EXPECT_FALSE(parse_duration("0.5ns"));
  EXPECT_FALSE(parse_size("0.3B"));
  EXPECT_FALSE(parse_duration("9999999999h"));
  EXPECT_FALSE(parse_duration("99999999999999999999999s"));
  EXPECT_FALSE(parse_size("9999999999TiB"));
}

TEST(Units, PrintersWriteTheShortestExactFormThatReadsBack) {
  EXPECT_EQ(format_duration(std::chrono::milliseconds(1500)), "1500ms");
  EXPECT_EQ(format_duration(nanoseconds(0)), "0ns");
  EXPECT_EQ(format_duration(std::chrono::hours(2)), "2h");
  EXPECT_EQ(format_duration(-std::chrono::seconds(3)), "-3s");
  EXPECT_EQ(format_size(262144), "256KiB");
  EXPECT_EQ(format_size(1), "1B");
  for (std::int64_t ns : {1LL, 999LL, 60'000'000'000LL, 61'000'000'000LL, 123'456'789LL}) {
    EXPECT_EQ(parse_duration(format_duration(nanoseconds(ns)))->count(), ns);
  }
}

}  // namespace
}  // namespace holdfast
