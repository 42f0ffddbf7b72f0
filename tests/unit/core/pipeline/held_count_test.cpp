#include "core/pipeline/held_count.h"

#include <gtest/gtest.h>

#include <vector>

namespace holdfast::pipeline {
namespace {

std::vector<delivery::HeldRecord> records(std::size_t count, std::uint32_t generation) {
  std::vector<delivery::HeldRecord> held(count);
  for (auto& record : held) record.generation = generation;
  return held;
}

TEST(HeldCount, CountsWhatComesAndGoes) {
  HeldCount held;
  held.add(records(5, held.generation()));
  held.remove(records(2, held.generation()));
  EXPECT_EQ(held.total(), 3U);
  held.remove(records(3, held.generation()));
  EXPECT_EQ(held.total(), 0U);
}

TEST(HeldCount, OlderGenerationsEndWhileYoungerOnesGoOn) {
  HeldCount held;
  const auto first = held.generation();
  held.add(records(2, first));
  const auto second = held.next_generation();
  EXPECT_EQ(held.generation(), second);
  held.add(records(10, second));
  EXPECT_FALSE(held.none_before(second));
  held.remove(records(1, second));
  EXPECT_FALSE(held.none_before(second)) << "one of the others is no one of these";
  held.remove(records(2, first));
  EXPECT_TRUE(held.none_before(second));
  EXPECT_FALSE(held.none_before(held.next_generation()));
  EXPECT_EQ(held.total(), 9U);
}

TEST(HeldCount, WithNothingHeldEveryoneIsThrough) {
  HeldCount held;
  EXPECT_TRUE(held.none_before(held.next_generation()));
  EXPECT_TRUE(held.none_before(held.next_generation()));
}

TEST(HeldCountDeathTest, ARecordThatIsNotHeldCannotLeave) {
  HeldCount held;
  held.add(records(1, 0));
  EXPECT_DEATH(held.remove(records(1, 1)), "a record leaves memory once");
}

}  // namespace
}  // namespace holdfast::pipeline
