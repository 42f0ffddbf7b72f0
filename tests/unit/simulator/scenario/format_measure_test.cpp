#include "simulator/scenario/format_measure.h"

#include <gtest/gtest.h>

#include <limits>

namespace holdfast::scenario {
namespace {

TEST(FormatMeasure, WritesInTheUnitAndNeverRoundsUp) {
  EXPECT_EQ(format_measure("retention.durable", 0.0999), "9.9 %");
  EXPECT_EQ(format_measure("retention.durable", 0.0485971), "4.8 %");
  EXPECT_EQ(format_measure("record.p99", 251e-9), "251 ns");
  EXPECT_EQ(format_measure("recovery.time", 1.25), "1.25 s");
  EXPECT_EQ(format_measure("recovery.time", std::numeric_limits<double>::infinity()), "never");
  EXPECT_EQ(format_measure("loss.unaccounted", 3), "3");
  EXPECT_EQ(format_measure("amplification.max", 1.57), "1.57");
  EXPECT_EQ(format_measure("amplification.max", 9861.4), "9861");
}

}  // namespace
}  // namespace holdfast::scenario
