// What ThreadSanitizer sees of fibers: the races that threads would have, and no others. Without it the
// same programs run, and nobody looks.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <utility>

#include "core/base/mutex.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using world::VirtualWorld;

struct Races : testing::Test {
  Scheduler& scheduler() { return env.scheduler; }
  Time now() const { return env.clock.now(); }
  // Plays both as tasks of one node, to their ends.
  void run(std::function<void()> one, std::function<void()> other) {
    const auto first = scheduler().spawn("one", std::move(one));
    const auto second = scheduler().spawn("other", std::move(other));
    EXPECT_TRUE(world.run_until_done(*first, Time(1h)) && world.run_until_done(*second, Time(1h)));
  }
  void wait() { scheduler().sleep_until(now() + 1ms); }

  faultfs::Injector injector{1};
  upstream::UpstreamModel model{{}, 1};
  VirtualWorld world{{}, injector, model};
  Environment env = world.environment();
  int shared = 0;
  base::Mutex mutex;
};

#ifdef HOLDFAST_TSAN
struct RacesDeathTest : Races {
  // ThreadSanitizer ends a program with 66 when it saw a race.
  void expect_race(std::function<void()> one, std::function<void()> other) {
    EXPECT_EXIT((run(std::move(one), std::move(other)), std::exit(0)), testing::ExitedWithCode(66),
                "data race");
  }
};

// One after the other in virtual time, and still by chance: nothing would order two threads.
TEST_F(RacesDeathTest, TimeThatPassesBetweenThemOrdersNothing) {
  const auto write = [&] { wait(), ++shared; };
  expect_race(write, [&] { wait(), wait(), ++shared; });
}

TEST_F(RacesDeathTest, ALockThatOnlyOneTakesIsNoLock) {
  const auto write_locked = [&] {
    wait();
    base::MutexLock lock(mutex);
    ++shared;
  };
  expect_race(write_locked, [&] { wait(), ++shared; });
}

TEST_F(RacesDeathTest, ADiskThatBothUseOrdersNothing) {
  const auto write = [&] {
    EXPECT_TRUE(env.files.make_directory("/mnt/one"));
    ++shared;
    EXPECT_TRUE(env.files.remove_directory("/mnt/one"));
  };
  const auto read = [&] {
    while (env.files.stat("/mnt/one")) wait();
    ++shared;
  };
  expect_race(write, read);
}
#endif

TEST_F(Races, ALockOrders) {
  const auto write = [&] {
    for (int i = 0; i < 3; ++i, wait()) {
      base::MutexLock lock(mutex);
      ++shared;
    }
  };
  run(write, write);
  EXPECT_EQ(shared, 6);
}

TEST_F(Races, ANotifyOrdersForWhoeverWaitedForIt) {
  const auto event = scheduler().make_event();
  const auto ticket = event->ticket();
  const auto waits = [&] {
    EXPECT_TRUE(event->wait_until(ticket, kNever));
    ++shared;
  };
  run(waits, [&] { ++shared, event->notify(); });
  EXPECT_EQ(shared, 2);
}

TEST_F(Races, BeginningATaskAndJoiningItOrder) {
  run(
      [&] {
        ++shared;
        const auto child = scheduler().spawn("child", [&] { wait(), ++shared; });
        EXPECT_TRUE(child->join(kNever));
        ++shared;
      },
      [] {});
  EXPECT_EQ(shared, 3);
}

// Their stacks are used again, and so is whatever the harness keeps of them.
TEST_F(Races, OneTaskAfterAnotherInTheSamePlaceIsNoRace) {
  for (int i = 0; i < 20; ++i) {
    const auto task = [&] {
      std::array<int, 100> local{};
      for (int& each : local) each = i, wait();
    };
    run(task, task);
  }
}

TEST_F(Races, TasksThatAreAbandonedInAPortLeaveNothingBehind) {
  const auto event = scheduler().make_event();
  for (int i = 0; i < 20; ++i)
    (void)scheduler().spawn("waits", [&] { (void)event->wait_until(event->ticket(), kNever); });
  world.run_until(VirtualWorld::start() + 1s);
  world.abandon();
  const auto after = [&] { wait(); };
  run(after, after);
}

}  // namespace
}  // namespace holdfast
