// What every Scheduler promises, whatever runs its tasks: the same tests on the fibers of the virtual world
// and on the threads of the machine. Laws and orders, and never how long something took: a thread may be
// late by as much as the machine pleases.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/env/clock.h"
#include "core/env/scheduler.h"
#include "core/host/system_clock.h"
#include "core/host/thread_scheduler.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using Body = std::function<void(Scheduler&, const Clock&)>;

void on_fibers(const Body& body) {
  faultfs::Injector injector(1);
  upstream::UpstreamModel model({}, 1);
  world::VirtualWorld world({}, injector, model);
  EXPECT_TRUE(world.run([&] { body(world.scheduler(), world.clock()); }, Time(1h)));
}

void on_threads(const Body& body) {
  host::ThreadScheduler scheduler;
  const host::SystemClock clock;
  body(scheduler, clock);
}

struct Implementation {
  const char* name;
  void (*run)(const Body& body);
};

class SchedulerConformance : public testing::TestWithParam<Implementation> {
 protected:
  void check(const Body& body) { GetParam().run(body); }
};

INSTANTIATE_TEST_SUITE_P(All, SchedulerConformance,
                         testing::Values(Implementation{"Fibers", on_fibers},
                                         Implementation{"Threads", on_threads}),
                         [](const auto& instance) { return instance.param.name; });

// Many tasks of one body, each with its number; all are joined.
void run_all(Scheduler& scheduler, int count, const std::function<void(int)>& body) {
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(scheduler.spawn("one", [&body, i] { body(i); }));
  for (const auto& task : tasks) EXPECT_TRUE(task->join(kNever));
}

TEST_P(SchedulerConformance, WhoJoinsSeesWhatTheTaskDid) {
  check([](Scheduler& scheduler, const Clock& clock) {
    std::vector<int> done(8, 0);
    run_all(scheduler, 8, [&](int i) {
      scheduler.sleep_until(clock.now() + 1ms);
      done[static_cast<std::size_t>(i)] = 1;
    });
    EXPECT_EQ(done, std::vector<int>(8, 1));
  });
}

TEST_P(SchedulerConformance, WhatABodyOwnsGoesBeforeItsJoinReturns) {
  check([](Scheduler& scheduler, const Clock&) {
    const auto owned = std::make_shared<int>(1);
    EXPECT_TRUE(scheduler.spawn("owner", [copy = owned] {})->join(kNever));
    EXPECT_EQ(owned.use_count(), 1);
  });
}

TEST_P(SchedulerConformance, AJoinGivesUpAtItsDeadlineAndMayBeAskedAgain) {
  check([](Scheduler& scheduler, const Clock& clock) {
    const auto event = scheduler.make_event();
    const auto ticket = event->ticket();
    const auto task = scheduler.spawn("waits", [&] { EXPECT_TRUE(event->wait_until(ticket, kNever)); });
    const Time deadline = clock.now() + 5ms;
    EXPECT_FALSE(task->join(deadline));
    EXPECT_GE(clock.now(), deadline);
    EXPECT_FALSE(task->join(Time{})) << "an instant that has passed only asks";
    event->notify();
    EXPECT_TRUE(task->join(kNever));
    EXPECT_TRUE(task->join(Time{})) << "an ended task is joined whatever the deadline";
  });
}

TEST_P(SchedulerConformance, ATaskWhoseHandleIsDroppedGoesOn) {
  check([](Scheduler& scheduler, const Clock&) {
    const std::shared_ptr<Event> ended = scheduler.make_event();
    const auto ticket = ended->ticket();
    (void)scheduler.spawn("detached", [ended] { ended->notify(); });
    EXPECT_TRUE(ended->wait_until(ticket, kNever));
  });
}

TEST_P(SchedulerConformance, ATaskMaySpawnAndJoinAnother) {
  check([](Scheduler& scheduler, const Clock&) {
    int depth = 0;
    std::function<void()> descend = [&] {
      if (++depth == 5) return;
      EXPECT_TRUE(scheduler.spawn("child", descend)->join(kNever));
    };
    descend();
    EXPECT_EQ(depth, 5);
  });
}

TEST_P(SchedulerConformance, NoSleepEndsBeforeItsInstant) {
  check([](Scheduler& scheduler, const Clock& clock) {
    const Time start = clock.now();
    run_all(scheduler, 8, [&](int i) {
      const Time until = start + std::chrono::milliseconds((i * 5) % 8);
      scheduler.sleep_until(until);
      EXPECT_GE(clock.now(), until);
    });
    scheduler.sleep_until(start);  // has passed: returns
  });
}

TEST_P(SchedulerConformance, OneTasksSleepsEndInTheirOrder) {
  check([](Scheduler& scheduler, const Clock& clock) {
    run_all(scheduler, 4, [&](int) {
      Time last = clock.now();
      for (int i = 0; i < 5; ++i) {
        scheduler.sleep_until(last + 1ms);
        EXPECT_GE(clock.now(), last + 1ms);
        last = clock.now();
      }
    });
  });
}

TEST_P(SchedulerConformance, IdlingEndsNotBeforeItsTickAndNeverPastItsLatestForGood) {
  check([](Scheduler& scheduler, const Clock& clock) {
    const Time start = clock.now();
    scheduler.idle_until(start + 2ms, start + 5ms);
    EXPECT_GE(clock.now(), start + 2ms);
    const Time later = clock.now();
    scheduler.idle_until(later + 1h, later + 2ms);
    EXPECT_GE(clock.now(), later + 2ms) << "the latest ends it, whatever the tick";
  });
}

TEST_P(SchedulerConformance, ANotifyBetweenLookAndWaitIsNotLost) {
  check([](Scheduler& scheduler, const Clock&) {
    const auto event = scheduler.make_event();
    const auto ticket = event->ticket();
    event->notify();
    EXPECT_TRUE(event->wait_until(ticket, kNever));
    EXPECT_TRUE(event->wait_until(ticket, Time{})) << "notified is notified, even past the deadline";
    EXPECT_NE(event->ticket(), ticket);
  });
}

TEST_P(SchedulerConformance, AWaitGivesUpAtItsDeadlineAndTheNextNotifyIsSeen) {
  check([](Scheduler& scheduler, const Clock& clock) {
    const auto event = scheduler.make_event();
    const auto ticket = event->ticket();
    const Time deadline = clock.now() + 5ms;
    EXPECT_FALSE(event->wait_until(ticket, deadline));
    EXPECT_GE(clock.now(), deadline);
    EXPECT_FALSE(event->wait_until(ticket, Time{}));
    event->notify();
    EXPECT_TRUE(event->wait_until(ticket, Time{}));
  });
}

TEST_P(SchedulerConformance, ANotifyIsForThoseWhoseTicketIsOlder) {
  check([](Scheduler& scheduler, const Clock& clock) {
    const auto event = scheduler.make_event();
    event->notify();
    EXPECT_FALSE(event->wait_until(event->ticket(), clock.now() + 2ms));
  });
}

TEST_P(SchedulerConformance, OneNotifyWakesEveryWaiter) {
  check([](Scheduler& scheduler, const Clock&) {
    constexpr int kWaiters = 16;
    const auto event = scheduler.make_event();
    const auto ready = scheduler.make_event();
    std::atomic<int> waiting{0};
    const auto all = scheduler.spawn("all", [&] {
      run_all(scheduler, kWaiters, [&](int) {
        const auto ticket = event->ticket();
        ++waiting;
        ready->notify();
        EXPECT_TRUE(event->wait_until(ticket, kNever));
      });
    });
    for (auto ticket = ready->ticket(); waiting < kWaiters; ticket = ready->ticket())
      if (waiting < kWaiters) (void)ready->wait_until(ticket, kNever);
    event->notify();
    EXPECT_TRUE(all->join(kNever));
  });
}

// Each waits for the other's notify a thousand times: one that were lost would hang both.
TEST_P(SchedulerConformance, NoNotifyIsLostBetweenTwoTasks) {
  check([](Scheduler& scheduler, const Clock&) {
    constexpr int kRounds = 1000;
    const auto changed = scheduler.make_event();
    std::atomic<int> turn{0};
    run_all(scheduler, 2, [&](int self) {
      for (int round = 0; round < kRounds; ++round) {
        for (auto ticket = changed->ticket(); turn % 2 != self; ticket = changed->ticket())
          (void)changed->wait_until(ticket, kNever);
        ++turn;
        changed->notify();
      }
    });
    EXPECT_EQ(turn, 2 * kRounds);
  });
}

TEST_P(SchedulerConformance, ALockKeepsTasksApart) {
  check([](Scheduler& scheduler, const Clock& clock) {
    base::Mutex mutex;
    int count = 0;
    run_all(scheduler, 4, [&](int) {
      for (int i = 0; i < 50; ++i) {
        {
          base::MutexLock lock(mutex);
          ++count;
        }
        if (i % 10 == 0) scheduler.sleep_until(clock.now());
      }
    });
    EXPECT_EQ(count, 200);
  });
}

TEST_P(SchedulerConformance, ExceptionsStayWithinTheirTask) {
  check([](Scheduler& scheduler, const Clock& clock) {
    run_all(scheduler, 8, [&](int i) {
      std::exception_ptr kept;
      try {
        throw std::runtime_error(std::to_string(i));
      } catch (...) {
        kept = std::current_exception();
      }
      scheduler.sleep_until(clock.now() + 1ms);
      EXPECT_EQ(std::current_exception(), nullptr);
      try {
        std::rethrow_exception(kept);
      } catch (const std::runtime_error& error) {
        EXPECT_EQ(error.what(), std::to_string(i));
      }
    });
  });
}

}  // namespace
}  // namespace holdfast
