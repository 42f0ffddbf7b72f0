#include "simulator/world/virtual/event_loop.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::world {
namespace {

using namespace std::chrono_literals;

constexpr Time kFirst = Time(1s);

void run(EventLoop& loop, Time limit = kNever) {
  Waker* waker = nullptr;
  while (loop.step(limit, waker) != EventLoop::Step::none) {
  }
}

TEST(EventLoop, RunsEventsInOrderOfTimeThenInsertion) {
  EventLoop loop(kFirst);
  std::vector<int> order;
  loop.call_at(kFirst + 2s, [&] { order.push_back(4); });
  loop.call_at(kFirst + 1s, [&] { order.push_back(1); });
  loop.call_at(kFirst + 1s, [&] { order.push_back(2); });
  loop.call_at(kFirst + 1s, [&] { order.push_back(3); });
  run(loop);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(loop.now(), kFirst + 2s);
  EXPECT_EQ(loop.events(), 4u);
}

TEST(EventLoop, KeepsTheOrderOfManyEvents) {
  EventLoop loop(kFirst);
  std::vector<std::pair<Time, int>> order;
  std::uint64_t word = 88172645463325252ULL;
  for (int i = 0; i < 5000; ++i) {
    word ^= word << 13, word ^= word >> 7, word ^= word << 17;
    const Time at = kFirst + Duration(static_cast<std::int64_t>(word % 500));
    loop.call_at(at, [&order, at, i] { order.emplace_back(at, i); });
  }
  run(loop);
  ASSERT_EQ(order.size(), 5000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(EventLoop, TakesAPastTimeAsNow) {
  EventLoop loop(kFirst);
  bool called = false;
  loop.call_at(Time{}, [&] { called = true; });
  run(loop, kFirst);
  EXPECT_TRUE(called);
  EXPECT_EQ(loop.now(), kFirst);
}

TEST(EventLoop, StopsAtTheLimitAndLeavesTheRest) {
  EventLoop loop(kFirst);
  int calls = 0;
  loop.call_at(kFirst + 1s, [&] { ++calls; });
  loop.call_at(kFirst + 3s, [&] { ++calls; });
  run(loop, kFirst + 2s);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(loop.pending(), 1u);
}

TEST(EventLoop, VoidEventsMoveNoTimeAndCountForNothing) {
  EventLoop loop(kFirst);
  Waker waker;
  for (int i = 0; i < 10'000; ++i) {
    loop.wake_at(kFirst + 5s, waker);
    loop.renew(waker);
  }
  loop.wake_at(kFirst + 1s, waker);
  EXPECT_EQ(loop.pending(), 1u);
  Waker* woken = nullptr;
  EXPECT_EQ(loop.step(kNever, woken), EventLoop::Step::wake);
  EXPECT_EQ(woken, &waker);
  EXPECT_EQ(loop.step(kNever, woken), EventLoop::Step::none);
  EXPECT_EQ(loop.now(), kFirst + 1s);
  EXPECT_EQ(loop.events(), 1u);
}

TEST(EventLoop, AdvancesTheShortWayOnlyWhenNothingIsDueBefore) {
  EventLoop loop(kFirst);
  loop.call_at(kFirst + 2s, [] {});
  EXPECT_TRUE(loop.try_advance(kFirst + 1s, kNever));
  EXPECT_EQ(loop.now(), kFirst + 1s);
  EXPECT_FALSE(loop.try_advance(kFirst + 2s, kNever)) << "the other was there first";
  EXPECT_FALSE(loop.try_advance(kFirst + 1500ms, kFirst + 1s)) << "the run ends before";
  EXPECT_EQ(loop.now(), kFirst + 1s);
}

TEST(EventLoopDeathTest, ReportsALivelockWithWhatWasGoingOn) {
  EventLoop loop(kFirst, 1000);
  loop.describe_with([] { return std::string("running: fiber 7"); });
  std::function<void()> again = [&] { loop.call_at(loop.now(), again); };
  loop.call_at(kFirst, again);
  EXPECT_DEATH(run(loop), "livelock: 1000 steps at 1000000000 ns.*running: fiber 7");
}

}  // namespace
}  // namespace holdfast::world
