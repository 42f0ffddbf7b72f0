#include "simulator/world/virtual/virtual_scheduler.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

TEST(VirtualScheduler, SleepsMoveTimeAndNothingElseDoes) {
  TestWorld test;
  std::vector<std::string> said;
  auto& scheduler = test.world.scheduler();
  for (const auto pause : {30ms, 10ms, 20ms})
    scheduler.spawn("sleeper", [&, pause] {
      scheduler.sleep_until(kStart + pause);
      said.push_back(std::to_string((test.now() - kStart) / 1ms));
    });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(said, (std::vector<std::string>{"10", "20", "30"}));
  EXPECT_EQ(test.now(), kStart + 1s);
}

TEST(VirtualScheduler, AYieldLetsEverybodyElseRunWhoIsDueNow) {
  TestWorld test;
  std::string order;
  auto& scheduler = test.world.scheduler();
  for (const char name : {'a', 'b', 'c'})
    scheduler.spawn("turn", [&, name] {
      order += name;
      scheduler.sleep_until(Time{});
      order += name;
    });
  test.world.run_until(kStart);
  EXPECT_EQ(order, "abcabc");
}

TEST(VirtualScheduler, WakesThoseWhoWaitForTheSameInstantInTheirOrder) {
  TestWorld test;
  std::string order;
  auto& scheduler = test.world.scheduler();
  for (const char name : {'a', 'b', 'c', 'd'})
    scheduler.spawn("turn", [&, name] {
      scheduler.sleep_until(kStart + 5ms);
      order += name;
    });
  test.world.run_until(kStart + 5ms);
  EXPECT_EQ(order, "abcd");
}

TEST(VirtualScheduler, JoinWaitsForTheEndOrTheDeadline) {
  TestWorld test;
  test.run([&] {
    auto& scheduler = test.world.scheduler();
    const auto worker = scheduler.spawn("worker", [&] { scheduler.sleep_until(kStart + 20ms); });
    EXPECT_FALSE(worker->join(kStart + 10ms));
    EXPECT_EQ(test.now(), kStart + 10ms);
    EXPECT_TRUE(worker->join(kNever));
    EXPECT_EQ(test.now(), kStart + 20ms);
    EXPECT_TRUE(worker->join(kStart)) << "an ended task is joined whatever the deadline";
  });
}

TEST(VirtualScheduler, WhatABodyOwnsGoesBeforeItsJoinReturns) {
  TestWorld test;
  test.run([&] {
    auto owned = std::make_shared<int>(1);
    const auto worker = test.world.scheduler().spawn("worker", [owned] {});
    EXPECT_TRUE(worker->join(kNever));
    EXPECT_EQ(owned.use_count(), 1);
  });
}

TEST(VirtualScheduler, AHandleKnowsItsTaskAfterTheSlotWasUsedAgain) {
  TestWorld test;
  test.run([&] {
    auto& scheduler = test.world.scheduler();
    const auto first = scheduler.spawn("first", [] {});
    EXPECT_TRUE(first->join(kNever));
    const auto second = scheduler.spawn("second", [&] { scheduler.sleep_until(kStart + 1s); });
    scheduler.sleep_until(kStart + 1ms);
    EXPECT_TRUE(first->join(test.now()));
    EXPECT_FALSE(second->join(test.now()));
    EXPECT_TRUE(second->join(kNever));
  });
}

TEST(VirtualEvent, ANotifyBetweenLookAndWaitIsNotLost) {
  TestWorld test;
  test.run([&] {
    const auto event = test.world.scheduler().make_event();
    const auto ticket = event->ticket();
    event->notify();
    EXPECT_TRUE(event->wait_until(ticket, kStart + 1h));
    EXPECT_EQ(test.now(), kStart);
    EXPECT_TRUE(event->wait_until(ticket, Time{})) << "notified is notified, even past the deadline";
  });
}

TEST(VirtualEvent, WakesEveryWaiterAtTheInstantOfTheNotify) {
  TestWorld test;
  auto& scheduler = test.world.scheduler();
  const auto event = scheduler.make_event();
  std::vector<Time> woken;
  for (int i = 0; i < 3; ++i)
    scheduler.spawn("waiter", [&] {
      EXPECT_TRUE(event->wait_until(event->ticket(), kStart + 1h));
      woken.push_back(test.now());
    });
  test.world.at(kStart + 7ms, [&] { event->notify(); });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(woken, (std::vector<Time>(3, kStart + 7ms)));
}

TEST(VirtualEvent, GivesUpAtTheDeadlineAndIsNotWokenLater) {
  TestWorld test;
  const auto event = test.world.scheduler().make_event();
  test.run([&] {
    EXPECT_FALSE(event->wait_until(event->ticket(), kStart + 3ms));
    EXPECT_EQ(test.now(), kStart + 3ms);
    event->notify();
    test.world.scheduler().sleep_until(kStart + 9ms);
    EXPECT_EQ(test.now(), kStart + 9ms);
  });
}

TEST(VirtualEvent, ADeadlineThatWasNotNeededMovesNoTime) {
  TestWorld test;
  const auto event = test.world.scheduler().make_event();
  test.world.at(kStart + 1ms, [&] { event->notify(); });
  test.run([&] { EXPECT_TRUE(event->wait_until(event->ticket(), kStart + 1h)); });
  EXPECT_EQ(test.now(), kStart + 1ms);
  EXPECT_FALSE(test.world.run_until_done([] { return false; })) << "nothing is left that could happen";
  EXPECT_EQ(test.now(), kStart + 1ms);
}

TEST(VirtualSchedulerIdle, CostsNoEventWhileNothingFills) {
  TestWorld test;
  bool woke = false;
  test.world.spawn("collector", [&] {
    test.world.scheduler().idle_until(kStart + 1ms, kNever);
    woke = true;
  });
  test.world.run_until(kStart);
  const auto before = test.world.events();
  test.world.run_until(kStart + 1h);
  EXPECT_EQ(test.world.events(), before);
  EXPECT_FALSE(woke);
  test.world.ring_filled();
  test.world.run_until(kStart + 1h);
  EXPECT_TRUE(woke);
}

TEST(VirtualSchedulerIdle, WakesAtTheTickWhenARingFilledBeforeIt) {
  TestWorld test;
  Time woke;
  test.world.spawn("collector", [&] {
    test.world.scheduler().idle_until(kStart + 10ms, kStart + 1s);
    woke = test.now();
  });
  test.world.at(kStart + 2ms, [&] { test.world.ring_filled(); });
  test.world.at(kStart + 3ms, [&] { test.world.ring_filled(); });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(woke, kStart + 10ms);
}

TEST(VirtualSchedulerIdle, WakesAtOnceWhenARingFillsAfterTheTick) {
  TestWorld test;
  Time woke;
  test.world.spawn("collector", [&] {
    test.world.scheduler().idle_until(kStart + 10ms, kStart + 1s);
    woke = test.now();
  });
  test.world.at(kStart + 25ms, [&] { test.world.ring_filled(); });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(woke, kStart + 25ms);
}

TEST(VirtualSchedulerIdle, WakesAtTheLatestWhenNothingFills) {
  TestWorld test;
  test.run([&] {
    test.world.scheduler().idle_until(kStart + 1ms, kStart + 40ms);
    EXPECT_EQ(test.now(), kStart + 40ms);
  });
}

TEST(VirtualSchedulerIdle, AFillWhileTheCollectorWasBusyIsNotLost) {
  TestWorld test;
  test.run([&] {
    auto& scheduler = test.world.scheduler();
    test.world.at(kStart + 5ms, [&] { test.world.ring_filled(); });
    scheduler.sleep_until(kStart + 8ms);
    scheduler.idle_until(kStart + 9ms, kNever);
    EXPECT_EQ(test.now(), kStart + 9ms);
  });
}

TEST(VirtualSchedulerIdle, AFillConcernsOnlyTheNodeItIsSaidTo) {
  TestWorld test;
  const auto one = test.world.environment("one");
  const auto two = test.world.environment("two");
  std::string woke;
  one.scheduler.spawn("collector", [&] {
    one.scheduler.idle_until(kStart + 1ms, kNever);
    woke += "one";
  });
  two.scheduler.spawn("collector", [&] {
    two.scheduler.idle_until(kStart + 1ms, kNever);
    woke += "two";
  });
  test.world.at(kStart + 2ms, [&] { VirtualWorld::ring_filled(two); });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(woke, "two");
}

#ifdef HOLDFAST_CHECK_PORTS
TEST(VirtualSchedulerDeathTest, NoLockIsHeldAcrossABlockingCall) {
  TestWorld test;
  EXPECT_DEATH(test.run([&] {
    base::Mutex mutex;
    base::MutexLock lock(mutex);
    test.world.scheduler().sleep_until(kStart + 1ms);
  }),
               "sleep_until needs a fiber without locks");
}
#endif

TEST(VirtualSchedulerDeathTest, BlockingNeedsAFiber) {
  TestWorld test;
  EXPECT_DEATH(test.world.scheduler().sleep_until(kStart + 1ms), "sleep_until needs a fiber");
}

TEST(VirtualSchedulerDeathTest, ALivelockNamesTheFiberAndItsLastCalls) {
  EXPECT_DEATH(
      {
        TestWorld test({.livelock_steps = 1000});
        test.run([&] {
          for (;;) test.world.scheduler().sleep_until(Time{});
        });
      },
      "livelock: 1000 steps.*'body'.*sleep by fiber 1 of node 0");
}

}  // namespace
}  // namespace holdfast::world
