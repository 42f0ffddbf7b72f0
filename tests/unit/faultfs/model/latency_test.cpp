// The delays that a latency draws: held against what the distributions' formulas say.
#include "faultfs/model/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "faultfs/model/fixed_point.h"
#include "faultfs/model/normal_quantile.h"

namespace holdfast::faultfs {
namespace {

using namespace std::chrono_literals;

std::uint64_t drawn_at(double share) { return static_cast<std::uint64_t>(share * 0x1p64); }
double ms(Duration delay) { return static_cast<double>(delay.count()) / 1e6; }

TEST(FixedPoint, LogarithmsAndPowersAgreeWithTheLibrary) {
  RandomStream random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t number = (random.next() >> random.below(63)) | 1;
    const double exact = std::log2(static_cast<double>(number));
    EXPECT_NEAR(static_cast<double>(log2_of(number)) / 0x1p32, exact, 1e-9) << number;
    const auto exponent = static_cast<Exponent>(random.below(40 * kOne)) - 20 * kOne;
    const double power = 1e9 * std::exp2(static_cast<double>(exponent) / 0x1p32);
    EXPECT_NEAR(static_cast<double>(times_power_of_two(1'000'000'000, exponent, UINT64_MAX)), power,
                1 + power * 1e-8);
  }
}

TEST(FixedPoint, PowersStopAtTheirBounds) {
  EXPECT_EQ(times_power_of_two(1, 40 * kOne, 1000), 1000U);
  EXPECT_EQ(times_power_of_two(1, 500 * kOne, 1000), 1000U);
  EXPECT_EQ(times_power_of_two(UINT64_MAX, kOne, UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(times_power_of_two(1'000, -500 * kOne, 1000), 0U);
  EXPECT_EQ(times_power_of_two(0, 500 * kOne, 1000), 0U);
}

TEST(NormalQuantile, IsThatOfTheStandardNormal) {
  for (const auto& [share, deviations] : {std::pair{0.5, 0.0},
                                          {0.841344746, 1.0},
                                          {0.977249868, 2.0},
                                          {0.99, 2.326347874},
                                          {0.999968329, 4.0}}) {
    EXPECT_NEAR(static_cast<double>(normal_quantile(drawn_at(share))) / kDeviation, deviations, 0.004);
    EXPECT_NEAR(static_cast<double>(normal_quantile(drawn_at(1 - share))) / kDeviation, -deviations, 0.004);
  }
  EXPECT_EQ(normal_quantile(0), -normal_quantile(UINT64_MAX)) << "the far ends are finite";
}

TEST(Latency, UniformReachesBothEnds) {
  const LatencyEffect effect{UniformLatency{1ms, 5ms}};
  EXPECT_EQ(delay_of(effect, 0), 1ms);
  EXPECT_EQ(delay_of(effect, UINT64_MAX), 5ms);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.25))), 2, 0.001);
}

TEST(Latency, LognormalHasItsMedianItsP99AndItsBound) {
  const LatencyEffect effect{LognormalLatency{2ms, 40ms, 100ms}};
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.5))), 2, 0.02);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.99))), 40, 0.4);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.01))), 0.1, 0.01);
  EXPECT_EQ(delay_of(effect, UINT64_MAX), 100ms);
}

TEST(Latency, ParetoIsHeavyTailedAndBounded) {
  const LatencyEffect effect{ParetoLatency{1ms, 1500, 1s}};
  EXPECT_EQ(delay_of(effect, UINT64_MAX), 1ms);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.5))), std::pow(2.0, 1 / 1.5), 0.01) << "half are longer";
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.01))), std::pow(100.0, 1 / 1.5), 0.1)
      << "one in a hundred is longer";
  EXPECT_EQ(delay_of(effect, 0), 1s);
}

TEST(Latency, SamplesAreInterpolatedBetweenTheirQuantiles) {
  const LatencyEffect effect{SampledLatency{{}, {1ms, 2ms, 10ms}}};
  EXPECT_EQ(delay_of(effect, 0), 1ms);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.25))), 1.5, 0.001);
  EXPECT_NEAR(ms(delay_of(effect, drawn_at(0.75))), 6, 0.001);
  EXPECT_NEAR(ms(delay_of(effect, UINT64_MAX)), 10, 0.001);
  EXPECT_EQ(delay_of({SampledLatency{{}, {3ms}}}, drawn_at(0.7)), 3ms);
}

// Of many draws as many are below a distribution's median as above it.
TEST(Latency, DrawsFallOnBothSidesOfTheMedian) {
  const LatencyEffect effect{LognormalLatency{2ms, 40ms}};
  RandomStream random(7);
  int below = 0;
  for (int i = 0; i < 10'000; ++i) below += delay_of(effect, random.next()) < 2ms ? 1 : 0;
  EXPECT_NEAR(below, 5'000, 200);
}

}  // namespace
}  // namespace holdfast::faultfs
