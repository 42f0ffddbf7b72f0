// How a tracker ends: in time, with every record safe or named.
#include "tests/simulation/preempting_scheduler.h"
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

constexpr Duration kGrace = 600ms;  // for workers to see that they should end

// LS-02: a deadline is a deadline although the upstream never answers. LS-01: nothing durable is lost.
TEST(Close, ReturnsInTimeWhenTheUpstreamHangsAndLosesNothingDurable) {
  TrackerWorld world;
  world.options.delivery.timeout = 30s;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::hang));
    EXPECT_EQ(world.offer(*tracker, 300), 300U);
    world.sleep(100ms);
    const Time begin = world.now();
    const Status closed = tracker->close(300ms);
    EXPECT_EQ(closed.error().code, Code::timeout);
    EXPECT_LE(world.now() - begin, 300ms + kGrace);
    const Stats stats = tracker->stats();
    EXPECT_EQ(stats.pending_spool, 300U);
    EXPECT_EQ(stats.lost_shutdown, 0U);
    EXPECT_EQ(stats.detached_workers, 0U);
    EXPECT_TRUE(stats.conserved());
    EXPECT_EQ(world.in_spool(), world.witness.durable);
    EXPECT_EQ(world.witness.durable.size(), 300U);
  });
}

TEST(Close, DoesNotWaitForAnUpstreamThatRefuses) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 300);
    world.sleep(2s);
    const Time begin = world.now();
    EXPECT_TRUE(tracker->close(1h)) << "the records are safe on disk";
    EXPECT_LE(world.now() - begin, kGrace);
    EXPECT_EQ(tracker->stats().pending_spool, 300U);
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

TEST(Close, DeliversWhatItCanBeforeItReturns) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.offer(*tracker, 300);
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_EQ(tracker->stats().delivered, 300U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
    EXPECT_TRUE(world.in_spool().empty());
  });
}

// S-10: a record that comes too late is refused to its caller's face, and counted.
TEST(Close, ARecordAfterwardsIsRefusedAndCounted) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    EXPECT_TRUE(tracker->close(1s));
    auto late_producer = tracker->make_producer();
    EXPECT_EQ(producer.record(TrackerWorld::usage(1)), Outcome::rejected_closed);
    EXPECT_EQ(late_producer.record(TrackerWorld::usage(2)), Outcome::rejected_closed);
    EXPECT_EQ(tracker->stats().rejected_closed, 2U);
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

// What no disk and no upstream takes is lost at the deadline: every one of them by name and number, in
// the collector's hands and in the rings too.
TEST(Close, NamesEveryRecordThatOnlyMemoryHad) {
  TrackerWorld world;
  world.options.ring.bytes = 4096;
  world.options.memory.max_bytes = 50 * sizeof(delivery::HeldRecord);
  world.run([&] {
    auto tracker = world.open();
    world.arm({full(0)});
    world.arm(away(Outage::refuse));
    auto producer = tracker->make_producer();
    std::size_t accepted = 0;
    for (int i = 0; i < 100; ++i, world.sleep(10ms)) accepted += world.offer(producer, 10);
    EXPECT_GT(tracker->stats().rejected_ring_full, 0U);
    EXPECT_GT(accepted, 150U) << "memory, one commit under way, and a ring";
    EXPECT_EQ(tracker->close(200ms).error().code, Code::timeout);
    const Stats stats = tracker->stats();
    EXPECT_EQ(stats.lost_shutdown, accepted);
    EXPECT_EQ(stats.pending_memory, 0U);
    EXPECT_EQ(world.witness.dropped_for(DropReason::shutdown), accepted);
    EXPECT_TRUE(stats.conserved());
  });
}

TEST(Close, TriesTheDiskOnceMoreWhateverItSaidLast) {
  TrackerWorld world;
  world.options.spool.retry_interval = 1min;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({full(0)});
    world.offer(*tracker, 100);
    world.sleep(2s);
    EXPECT_EQ(tracker->stats().pending_memory, 100U);
    world.heal_disk();
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_EQ(tracker->stats().lost_shutdown, 0U);
    EXPECT_EQ(tracker->stats().pending_spool, 100U);
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

// A disk that hangs holds up its worker, not the program; the worker is left behind, and counted.
TEST(Close, ReturnsInTimeWhenTheDiskHangsDuringACommit) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({slow(1min)});
    world.offer(*tracker, 100);
    world.sleep(50ms);
    const Time begin = world.now();
    EXPECT_EQ(tracker->close(200ms).error().code, Code::timeout);
    EXPECT_LE(world.now() - begin, 200ms + kGrace);
    EXPECT_GE(tracker->stats().detached_workers, 1U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.heal_disk();
    world.sleep(1h);  // whoever was left behind ends
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(world.in_spool().size(), 100U) << "what it held became durable after all";
  });
}

TEST(Close, ReturnsInTimeWhenTheDiskHangsWhileNobodyUsesIt) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.offer(*tracker, 100);
    EXPECT_TRUE(world.wait_for(5s, [&] { return tracker->stats().delivered == 100; }));
    world.arm({slow(1min)});
    const Time begin = world.now();
    EXPECT_FALSE(tracker->close(200ms));
    EXPECT_LE(world.now() - begin, 200ms + 2 * kGrace);
    EXPECT_EQ(tracker->stats().detached_workers, 1U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.sleep(1h);
  });
}

TEST(Close, SaysSoWhenTheDiskFailsAtTheVeryEndAndLosesNothing) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 100);
    world.sleep(2s);
    world.arm({failing(Operation::fsync, EIO), failing(Operation::create, EROFS)});
    (void)tracker->close(1s);
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(tracker->stats().pending_spool, 100U);
    world.heal_disk();
    EXPECT_EQ(world.in_spool().size(), 100U);
  });
}

// LS-03: wherever a worker is interrupted, the call to end reaches it.
TEST(Close, WakesEveryWorkerWhereverItWasInterrupted) {
  TrackerWorld world;
  world.options.delivery.breaker = {.open_time = 30s, .max_open_time = 30s};
  PreemptingScheduler scheduler(world.env.scheduler, world.env.clock);
  const Environment env{world.env.clock,     scheduler,        world.env.files,
                        world.env.transport, world.env.random, world.env.log};
  world.run([&] {
    auto tracker = world.open_in(env);
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 300);
    EXPECT_TRUE(world.wait_for(5s, [&] { return tracker->stats().breaker_opens > 0; }));
    world.sleep(100ms);
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_EQ(tracker->stats().detached_workers, 0U);
    world.sleep(1min);
  });
}

}  // namespace
}  // namespace holdfast
