#include "core/pipeline/usage_desk.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/ingest/record_frame.h"
#include "core/pipeline/intake.h"

namespace holdfast::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kWall{std::chrono::days{20'000}};

// One producer, and what the intake takes from it.
struct Counted {
  ingest::RingRegistry rings{4096};
  HeldCount held;
  UsageDesk desk{{}, Random(1).stream("usage"), nullptr};
  Intake intake{rings, held, &desk};
  Producer producer{rings.add()};
  std::vector<delivery::HeldRecord> taken;

  void record(int count) {
    for (int i = 0; i < count; ++i)
      EXPECT_EQ(producer.record({.input_tokens = 3, .model = "m"}), Outcome::accepted);
  }
  std::size_t take(std::size_t limit) { return intake.take(limit, kWall, 1, taken); }
};

TEST(UsageDesk, HandsOverWhatTheIntakeCounted) {
  Counted world;
  world.record(5);
  EXPECT_EQ(world.desk.counted(), 0U);
  EXPECT_EQ(world.take(2), 2U);
  EXPECT_EQ(world.take(2), 2U);
  const auto handed = world.desk.take();
  EXPECT_EQ(handed.counted, 4U);
  usage::Totals totals;
  EXPECT_EQ(pour(handed.tally, totals, {}, {.keys_per_day = 10, .days = 10}), 0U);
  EXPECT_EQ(totals.sum().input_tokens, 12U);
}

// flush() waits for a file with counted() records once its mark is collected: in between nothing may be
// missing, however late the workers' own counters are.
TEST(UsageDesk, HasCountedWhatIsCollectedAtThatVeryInstant) {
  Counted world;
  world.record(1);
  const auto mark = world.rings.mark();
  EXPECT_FALSE(ingest::RingRegistry::collected(mark));
  EXPECT_EQ(world.take(10), 1U);
  EXPECT_TRUE(ingest::RingRegistry::collected(mark));
  EXPECT_EQ(world.desk.counted(), 1U);
}

}  // namespace
}  // namespace holdfast::pipeline
