#include "faultfs/model/throttle.h"

#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

using namespace std::chrono_literals;

const Time kRested = from_nanoseconds(1'000'000'000);

class ThrottleTest : public testing::Test {
 protected:
  Duration enter(std::uint64_t size, Duration after = 0ns, std::string_view path = "a") {
    return throttle_.enter(caps_, path, per_, size, kRested + after);
  }
  ThrottleEffect caps_;
  Counting per_ = Counting::rule;
  Throttle throttle_;
};

TEST_F(ThrottleTest, BytesPassAsFastAsTheBandwidthAllows) {
  caps_ = {.bandwidth = 1000};
  EXPECT_EQ(enter(500), 500ms);
  EXPECT_EQ(enter(500), 1s) << "behind the first";
  EXPECT_EQ(enter(500, 1200ms), 500ms) << "the queue is empty again, and rest earns nothing";
  EXPECT_EQ(enter(0, 1200ms), 500ms);
}

TEST_F(ThrottleTest, OperationsPassOneAfterTheOtherWhateverTheirSize) {
  caps_ = {.iops = 100};
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(enter(1 << 20), i * 10ms);
  EXPECT_EQ(enter(0, 60ms), 10ms);
}

TEST_F(ThrottleTest, TheTighterCapCounts) {
  caps_ = {.bandwidth = 1000, .iops = 10};
  EXPECT_EQ(enter(1), 100ms) << "an operation takes 100 ms, a byte 1 ms";
  EXPECT_EQ(enter(500), 501ms);
}

TEST_F(ThrottleTest, AfterRestABurstPassesAtOnce) {
  caps_ = {.iops = 100, .burst = 30ms};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(enter(1), 0ns);
  EXPECT_EQ(enter(1), 10ms);
  EXPECT_EQ(enter(1, 1s), 0ns);
}

// What passes in a second is the cap, whenever it comes: the law of the whole thing.
TEST_F(ThrottleTest, NoMoreIsServedInASecondThanTheCapAndTheBurst) {
  caps_ = {.iops = 200, .burst = 50ms};
  int served_in_time = 0;
  for (int i = 0; i < 1000; ++i)
    if (const Duration arrival = i * 1ms; arrival + enter(1, arrival) <= 1s) ++served_in_time;
  EXPECT_EQ(served_in_time, 210);
}

TEST_F(ThrottleTest, EachPathMayHaveAQueueOfItsOwn) {
  caps_ = {.iops = 100};
  per_ = Counting::path;
  EXPECT_EQ(enter(1, 0ns, "a"), 10ms);
  EXPECT_EQ(enter(1, 0ns, "b"), 10ms);
  EXPECT_EQ(enter(1, 0ns, "a"), 20ms);
}

TEST_F(ThrottleTest, NoWaitIsLongerThanTheLongestLatency) {
  caps_ = {.bandwidth = 1};
  for (int i = 0; i < 3; ++i) EXPECT_LE(enter(UINT64_MAX), 1h);
}

}  // namespace
}  // namespace holdfast::faultfs
