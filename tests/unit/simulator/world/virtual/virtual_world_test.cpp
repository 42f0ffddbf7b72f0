#include "simulator/world/virtual/virtual_world.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

// A small life: two nodes that write, sync, wait for each other and send.
std::uint64_t hash_of_life(std::uint64_t seed, Duration pause, const std::string& word = "record",
                           bool print_order = false) {
  TestWorld test({.seed = seed, .disk_latency = 100us});
  auto env = test.world.environment("tracker");
  const auto event = env.scheduler.make_event();
  env.scheduler.spawn("writer", [&] {
    auto jitter = env.random.stream("jitter");
    auto file = env.files.open("/mnt/a.seg", OpenMode::creating());
    for (std::uint64_t i = 0; i < 20; ++i) {
      EXPECT_TRUE((*file)->write_at(i * word.size(), bytes_of(word)));
      EXPECT_TRUE((*file)->sync_data());
      event->notify();
      const auto extra = Duration(static_cast<std::int64_t>(jitter.below(1000)));
      env.scheduler.sleep_until(env.clock.now() + pause + extra);
    }
    EXPECT_TRUE((*file)->close());
  });
  env.scheduler.spawn("shipper", [&] {
    const CancelFlag never{false};
    for (std::uint64_t i = 0; i < 20; ++i) {
      event->wait_until(event->ticket(), env.clock.now() + 2ms);
      Request request;
      request.batch = i;
      env.transport.send(request, env.clock.now() + 1s, never);
    }
    env.log.write(Log::Level::info, "test.done", print_order ? "printed" : "quiet");
  });
  test.world.run_until(kStart + 1s);
  return test.world.trace_hash();
}

TEST(VirtualWorld, SameSeedSameHash) {
  EXPECT_EQ(hash_of_life(1, 1ms), hash_of_life(1, 1ms));
  EXPECT_EQ(hash_of_life(77, 300us), hash_of_life(77, 300us));
}

TEST(VirtualWorld, AnythingThatDiffersShowsInTheHash) {
  const auto hash = hash_of_life(1, 1ms);
  EXPECT_NE(hash, hash_of_life(2, 1ms)) << "another seed";
  EXPECT_NE(hash, hash_of_life(1, 1ms + 1ns)) << "another schedule";
  EXPECT_NE(hash, hash_of_life(1, 1ms, "recorD")) << "other bytes of the same length";
  EXPECT_NE(hash, hash_of_life(1, 1ms, "record", true)) << "another message";
}

TEST(VirtualWorld, TheWallShowsTheEpochPlusVirtualTime) {
  TestWorld test;
  test.world.run_until(kStart + 59s);
  EXPECT_EQ(test.world.clock().wall(),
            WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) + 60s);
}

TEST(VirtualWorld, RunUntilDoneStopsAtTheEndOfTheTask) {
  TestWorld test;
  const auto task = test.world.spawn("short", [&] { test.world.scheduler().sleep_until(kStart + 5ms); });
  test.world.spawn("long", [&] {
    for (;;) test.world.scheduler().sleep_until(test.now() + 2ms);
  });
  EXPECT_TRUE(test.world.run_until_done(*task, kStart + 1s));
  EXPECT_EQ(test.now(), kStart + 5ms);
}

TEST(VirtualWorld, RunUntilDoneAsksThePredicateAfterEachEvent) {
  TestWorld test;
  test.world.spawn("lonely", [&] {
    for (;;) test.world.scheduler().sleep_until(test.now() + 1ms);
  });
  EXPECT_TRUE(test.world.run_until_done([&] { return test.now() >= kStart + 10ms; }, kStart + 1s));
  EXPECT_EQ(test.now(), kStart + 10ms);
  EXPECT_FALSE(test.world.run_until_done([] { return false; }, kStart + 20ms));
}

TEST(VirtualWorld, SaysFalseWhenEverybodyWaitsForEver) {
  TestWorld test;
  const auto event = test.world.scheduler().make_event();
  EXPECT_FALSE(test.world.run([&] { event->wait_until(event->ticket(), kNever); }));
  test.world.abandon();  // before the event goes
}

TEST(VirtualWorld, EndsCleanlyWithFibersSuspendedEverywhere) {
  auto owned = std::make_shared<int>(1);
  {
    TestWorld test;
    const auto event = test.world.scheduler().make_event();
    test.world.spawn("waits", [&, owned] { event->wait_until(event->ticket(), kNever); });
    test.world.spawn("sleeps", [&, owned] { test.world.scheduler().sleep_until(kNever); });
    test.world.spawn("idles", [&, owned] { test.world.scheduler().idle_until(kNever, kNever); });
    const auto never_run = test.world.spawn("never run", [owned] {});
    test.world.run_until(kStart - 1ns);
    EXPECT_EQ(owned.use_count(), 5);
    test.world.spawn("joins", [&, owned] { never_run->join(kNever); });
    test.world.run_until(kStart);
    test.world.abandon();
    EXPECT_EQ(test.world.kernel().live_tasks(), 0u);
  }
  EXPECT_EQ(owned.use_count(), 1) << "bodies are destroyed, stacks are not unwound";
}

TEST(VirtualWorld, ThousandFibersTakeTurns) {
  TestWorld test;
  auto& scheduler = test.world.scheduler();
  int turns = 0;
  for (int i = 0; i < 1000; ++i)
    scheduler.spawn("fiber " + std::to_string(i), [&, i] {
      for (int turn = 0; turn < 10; ++turn, ++turns) scheduler.sleep_until(test.now() + 1ms + Duration(i));
    });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(turns, 10'000);
  EXPECT_EQ(test.world.kernel().live_tasks(), 0u);
}

TEST(VirtualWorld, StacksAreUsedAgain) {
  TestWorld test;
  test.run([&] {
    for (int i = 0; i < 50'000; ++i) {
      const auto task = test.world.scheduler().spawn("short", [] {});
      EXPECT_TRUE(task->join(kNever));
    }
  });
}

TEST(VirtualLog, KeepsMessagesWithTheirTimes) {
  TestWorld test;
  auto env = test.world.environment();
  test.world.run_until(kStart + 3ms);
  env.log.write(Log::Level::warning, "spool.sealed", "a sync failed");
  ASSERT_EQ(test.world.log().messages().size(), 1u);
  const auto& message = test.world.log().messages().front();
  EXPECT_EQ(message.time, kStart + 3ms);
  EXPECT_EQ(message.level, Log::Level::warning);
  EXPECT_EQ(message.event, "spool.sealed");
  EXPECT_EQ(message.text, "a sync failed");
}

TEST(VirtualLog, KeepsNoMoreThanItsBound) {
  Kernel kernel(kStart);
  VirtualLog log(kernel, {.keep = 3});
  for (int i = 0; i < 10; ++i) log.write(Log::Level::info, "n", std::to_string(i));
  ASSERT_EQ(log.messages().size(), 3u);
  EXPECT_EQ(log.messages().front().text, "7");
  EXPECT_EQ(log.written(), 10u);
}

// As a process that is stopped: what it waited for comes, and it learns of it when it goes on.
TEST(PausedNode, RunsNoFiberUntilTheEndWhateverWakesIt) {
  TestWorld test;
  Environment env = test.world.environment("node");
  const Time start = VirtualWorld::start();
  auto event = env.scheduler.make_event();
  Time slept, notified, timed_out;
  auto sleeper = env.scheduler.spawn("sleeper", [&] {
    env.scheduler.sleep_until(start + 20ms);
    slept = env.clock.now();
  });
  auto waiter = env.scheduler.spawn("waiter", [&] {
    EXPECT_TRUE(event->wait_until(event->ticket(), start + 10s));
    notified = env.clock.now();
  });
  auto deadline = env.scheduler.spawn("deadline", [&] {
    auto other = env.scheduler.make_event();
    EXPECT_FALSE(other->wait_until(other->ticket(), start + 30ms));
    timed_out = env.clock.now();
  });
  test.world.at(start + 10ms, [&] { test.world.pause(env, start + 100ms); });
  test.world.at(start + 50ms, [&] { event->notify(); });
  test.world.run_until(start + 99ms);
  EXPECT_EQ(slept, Time{});
  test.world.run_until(start + 1s);
  EXPECT_EQ(slept, start + 100ms);
  EXPECT_EQ(notified, start + 100ms);
  EXPECT_EQ(timed_out, start + 100ms);
}

TEST(PausedNode, OtherNodesGoOn) {
  TestWorld test;
  Environment paused = test.world.environment("paused"), other = test.world.environment("other");
  const Time start = VirtualWorld::start();
  Time ran;
  auto task = other.scheduler.spawn("task", [&] {
    other.scheduler.sleep_until(start + 20ms);
    ran = other.clock.now();
  });
  test.world.at(start + 10ms, [&] { test.world.pause(paused, start + 100ms); });
  test.world.run_until(start + 50ms);
  EXPECT_EQ(ran, start + 20ms);
}

TEST(ShiftedWall, IsWrongByTheShiftAndTimersDoNotNotice) {
  TestWorld test;
  const WallTime right = test.world.clock().wall();
  const Time now = test.now();
  test.world.shift_wall(-1h);
  EXPECT_EQ(test.world.clock().wall(), right - 1h);
  EXPECT_EQ(test.now(), now);
  test.world.shift_wall(Duration{0});
  EXPECT_EQ(test.world.clock().wall(), right);
}

}  // namespace
}  // namespace holdfast::world
