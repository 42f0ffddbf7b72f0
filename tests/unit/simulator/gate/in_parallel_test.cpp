#include "simulator/gate/in_parallel.h"

#include <gtest/gtest.h>

namespace holdfast::gate {
namespace {

TEST(InParallel, DoesEachItemOnceHoweverManyThereAre) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<int> items(count, 0);
    in_parallel(items, [](int& item) { ++item; });
    EXPECT_EQ(items, std::vector<int>(count, 1));
  }
}

// Each waits for the other, so both run at once: nothing to see on a machine with one processor.
TEST(InParallel, UsesMoreThanOneProcessor) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "this machine has one processor";
  std::atomic<int> here{0};
  std::vector<int> items(2, 0);
  in_parallel(items, [&](int&) {
    ++here;
    while (here.load() < 2) std::this_thread::yield();
  });
  EXPECT_EQ(here.load(), 2);
}

}  // namespace
}  // namespace holdfast::gate
