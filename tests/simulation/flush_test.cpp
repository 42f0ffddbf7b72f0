#include <atomic>

#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

// S-07: flush() says yes only when every record accepted before it is safe.
TEST(Flush, ReturnsOnlyAfterEveryRecordIsDurable) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({slow(50ms, {Operation::fsync})});
    for (int round = 0; round < 5; ++round) {
      world.offer(*tracker, 30);
      EXPECT_TRUE(tracker->flush(5s));
      EXPECT_EQ(world.witness.durable.size(), world.next_reference - 1);
    }
    world.heal_disk();
    EXPECT_TRUE(tracker->close(1s));
  });
}

// S-11: nor does it wait for an interval to pass.
TEST(Flush, OfAnIdleTrackerReturnsAtOnceAndOfAFreshRecordWithinACommit) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.sleep(10s);
    Time begin = world.now();
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_EQ(world.now(), begin);
    begin = world.now();
    world.offer(*tracker, 1);
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_LE(world.now() - begin, 30ms);
    EXPECT_TRUE(tracker->close(1s));
  });
}

TEST(Flush, SaysNoInTimeWhenNeitherDiskNorUpstreamTakesARecord) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({full(0)});
    world.offer(*tracker, 10);
    const Time begin = world.now();
    EXPECT_EQ(tracker->flush(300ms).error().code, Code::timeout);
    EXPECT_LE(world.now() - begin, 310ms);
    world.heal_disk();
    EXPECT_TRUE(tracker->flush(2s));
    EXPECT_EQ(world.witness.durable.size(), 10U);
    EXPECT_TRUE(tracker->close(1s));
  });
}

// Others go on recording: flush() waits for what was there before it, and for nothing that came after.
TEST(Flush, DoesNotWaitForRecordsThatKeepComing) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({full(0)});
    std::atomic<bool> stop{false};
    const auto load = world.env.scheduler.spawn("load", [&] {
      for (auto producer = tracker->make_producer(); !stop; world.sleep(1ms)) world.offer(producer, 2);
    });
    for (int round = 0; round < 5; ++round) {
      world.sleep(100ms);
      const std::uint64_t before = world.next_reference;
      EXPECT_TRUE(tracker->flush(1s));
      EXPECT_GT(tracker->stats().pending_memory, 0U) << "there is always one that nobody has yet";
      for (std::uint64_t reference = 1; reference < before; ++reference)
        EXPECT_TRUE(world.deliveries.contains(reference)) << "round " << round;
    }
    stop = true;
    EXPECT_TRUE(load->join(kNever));
    world.heal_disk();
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

// What one producer records after the call does not stand in for what another had recorded before it.
TEST(Flush, WaitsForTheRecordsOfEveryProducer) {
  TrackerWorld world;
  world.options.spool.commit_records = 10;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    auto busy = tracker->make_producer();
    auto patient = tracker->make_producer();
    for (int round = 0; round < 20;
         ++round, world.sleep(20ms * round)) {  // either ring may be looked at first
      const std::uint64_t mine = world.next_reference;
      world.offer(patient, 3);
      const auto after = world.env.scheduler.spawn("after", [&] { world.offer(busy, 20); });
      EXPECT_TRUE(tracker->flush(1s));
      for (std::uint64_t reference = mine; reference < mine + 3; ++reference)
        EXPECT_TRUE(world.witness.durable.contains(reference)) << "round " << round;
      EXPECT_TRUE(after->join(kNever));
    }
    EXPECT_TRUE(tracker->close(1s));
  });
}

TEST(Flush, IsContentWithDeliveryWhereThereIsNoDisk) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({full(0)});
    world.offer(*tracker, 50);
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_EQ(world.deliveries.size(), 50U);
    world.heal_disk();
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

}  // namespace
}  // namespace holdfast
