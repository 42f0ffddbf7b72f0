#include "simulator/load/exponential.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"

namespace holdfast::load {
namespace {

constexpr double kOne = static_cast<double>(std::uint64_t{1} << kExponentialBits);

TEST(Exponential, IsMinusTheLogarithmOfTheDraw) {
  RandomStream stream(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t draw = stream.next() >> (i % 60);
    if (draw == 0) continue;
    const double expected = -std::log(static_cast<double>(draw) / 18446744073709551616.0);
    ASSERT_NEAR(static_cast<double>(exponential_q40(draw)) / kOne, expected, 3e-7) << draw;
  }
}

TEST(Exponential, IsBoundedAtBothEnds) {
  EXPECT_EQ(exponential_q40(0), exponential_q40(1));
  EXPECT_NEAR(static_cast<double>(exponential_q40(1)) / kOne, 64 * std::log(2.0), 1e-6);
  EXPECT_LT(static_cast<double>(exponential_q40(UINT64_MAX)) / kOne, 1e-6);
}

TEST(Exponential, NeverRisesWithTheDraw) {
  std::uint64_t last = exponential_q40(1);
  for (std::uint64_t draw = 1; draw < UINT64_MAX / 3; draw += draw / 7 + 1) {
    const std::uint64_t value = exponential_q40(draw);
    ASSERT_LE(value, last);
    last = value;
  }
}

// Literals: any compiler and processor must draw these.
TEST(Exponential, DrawsTheSameEverywhere) {
  EXPECT_EQ(exponential_q40(std::uint64_t{1} << 63), 762'123'384'786U);  // ln 2
  EXPECT_EQ(exponential_q40(std::uint64_t{1} << 62), 1'524'246'769'572U);
  EXPECT_EQ(exponential_q40(0x123456789abcdef0U), 2'906'571'861'581U);
}

}  // namespace
}  // namespace holdfast::load
