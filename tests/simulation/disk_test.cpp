// A tracker on a disk that is full, fails, or lies in its way.
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

TEST(Disk, AFullDiskMeansMemoryAndWhatIsThereGoesBackWhenSpaceReturns) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({full(0)});
    EXPECT_EQ(world.offer(*tracker, 300), 300U);
    world.sleep(2s);
    EXPECT_EQ(tracker->stats().pending_memory, 300U);
    EXPECT_EQ(tracker->stats().fallbacks, 1U);
    EXPECT_TRUE(world.witness.durable.empty());
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(1s, [&] { return world.witness.durable.size() == 300; }));
    EXPECT_EQ(tracker->stats().pending_memory, 0U);
    EXPECT_EQ(tracker->stats().pending_spool, 300U);
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 300; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

TEST(Disk, WhileItIsFullRecordsAreDeliveredFromMemory) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({full(8192)});
    for (int i = 0; i < 20; ++i, world.sleep(50ms)) EXPECT_EQ(world.offer(*tracker, 50), 50U);
    EXPECT_TRUE(world.wait_for(5s, [&] { return tracker->stats().delivered == 1000; }));
    EXPECT_LT(world.witness.durable.size(), 1000U);
    world.heal_disk();
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

// DF-08: when disk and memory are full the caller is told, and every refusal is counted.
TEST(Disk, WhenMemoryIsFullTooTheRingFillsAndTheCallerIsTold) {
  TrackerWorld world;
  world.options.ring.bytes = 4096;
  world.options.memory.max_bytes = 100 * sizeof(delivery::HeldRecord);
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({full(0)});
    auto producer = tracker->make_producer();
    std::size_t accepted = 0;
    for (int i = 0; i < 100; ++i, world.sleep(20ms)) accepted += world.offer(producer, 10);
    const Stats stats = tracker->stats();
    EXPECT_GT(stats.rejected_ring_full, 500U);
    EXPECT_EQ(stats.rejected_ring_full, 1000 - accepted);
    EXPECT_EQ(stats.pending_memory, accepted);
    EXPECT_LE(accepted, 100 + world.options.spool.commit_records + 4096 / 48);
    EXPECT_TRUE(stats.conserved());
    world.heal_disk();
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == accepted; }));
    EXPECT_EQ(world.offer(producer, 10), 10U) << "and takes records again";
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(world.deliveries.size(), accepted + 10);
  });
}

TEST(Disk, SpoolMaxBytesIsABoundAndItsRoomComesBack) {
  TrackerWorld world;
  world.options.spool.max_bytes = 64 * 1024;
  world.options.spool.segment_bytes = 8 * 1024;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    for (int i = 0; i < 50; ++i, world.sleep(20ms)) {
      world.offer(*tracker, 40);
      EXPECT_LE(tracker->stats().spool_bytes, world.options.spool.max_bytes);
    }
    EXPECT_GT(tracker->stats().pending_memory, 0U);
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 2000; }));
    world.witness.durable.clear();
    world.offer(*tracker, 10);
    EXPECT_TRUE(world.wait_for(1s, [&] { return world.witness.durable.size() == 10; })) << "on disk again";
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

TEST(Disk, FailedSyncsCostNoRecordAndNoIdentity) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    auto rule = failing(Operation::fsync, EIO);
    rule.when.probability = faultfs::kCertain / 3;
    world.arm({rule});
    for (int i = 0; i < 50; ++i, world.sleep(20ms)) world.offer(*tracker, 20);
    world.heal_disk();
    EXPECT_TRUE(tracker->close(10s));
    EXPECT_GT(tracker->stats().segments_sealed, 5U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

// A backlog longer than the queue waits on disk and is read back, in order, each record once.
TEST(Disk, ABacklogBeyondTheQueueIsReadBackFromDisk) {
  TrackerWorld world;
  world.options.delivery.batch.queue_records = 100;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    for (int i = 0; i < 40; ++i, world.sleep(20ms)) world.offer(*tracker, 50);
    EXPECT_EQ(tracker->stats().pending_spool, 2000U);
    world.heal_upstream();
    for (int i = 0; i < 40; ++i, world.sleep(5ms)) world.offer(*tracker, 50);  // and goes on meanwhile
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 4000; }));
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

// Leaves 1,000 records on disk for the next life of the tracker.
void leave_a_backlog(TrackerWorld& world) {
  world.arm(away(Outage::refuse));
  auto tracker = world.open();
  world.offer(*tracker, 1000);
  world.sleep(2s);
  EXPECT_TRUE(tracker->close(1s));
  EXPECT_EQ(tracker->stats().pending_spool, 1000U);
  world.heal_upstream();
}

void flip(TrackerWorld& world, const std::string& path, std::uint64_t offset) {
  auto byte = world.world.disk().visible_bytes(path)->at(offset) ^ std::byte{0x10};
  auto file = world.env.files.open(path, OpenMode::updating());
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->write_at(offset, Bytes(&byte, 1)));
  EXPECT_TRUE((*file)->close());
}

// What was read before a read failed is sent, and damage found before it is counted.
TEST(Disk, ARefillThatFailsHalfwayLosesNeitherRecordsNorCounts) {
  TrackerWorld world;
  world.run([&] {
    leave_a_backlog(world);
    auto tracker = world.open();
    world.arm({failing(Operation::read, EIO, "spool/00000003.seg")});
    flip(world, "/mnt/spool/00000001.seg", 200);
    EXPECT_TRUE(world.wait_for(2s, [&] { return tracker->stats().delivered > 300; }));
    EXPECT_EQ(tracker->stats().quarantined, 1U);
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(5s, [&] { return tracker->stats().delivered == 999; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

// DF-26, DF-27, DF-29: a segment that cannot be read holds up its own records and no others.
TEST(Disk, AnUnreadableSegmentHoldsUpNoOther) {
  TrackerWorld world;
  world.run([&] {
    leave_a_backlog(world);
    auto tracker = world.open();
    world.arm({failing(Operation::read, EIO, "spool/00000002.seg")});
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().pending_spool < 250; }));
    world.offer(*tracker, 100);
    world.sleep(1s);
    EXPECT_LT(tracker->stats().pending_spool, 250U) << "and the new ones pass it by";
    EXPECT_GT(tracker->stats().pending_spool, 100U);
    world.sleep(1min);
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(30s, [&] { return tracker->stats().delivered == 1100; }))
        << "it is read later";
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

TEST(Disk, AnActiveSegmentThatCannotBeReadForAWhileSendsNothingTwice) {
  TrackerWorld world;
  world.options.delivery.batch.queue_records = 100;
  world.options.spool.segment_bytes = 1 << 20;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    for (int i = 0; i < 20; ++i, world.sleep(20ms)) world.offer(*tracker, 50);
    world.arm({failing(Operation::read, EIO)});
    world.heal_upstream();
    for (int i = 0; i < 60; ++i, world.sleep(100ms)) world.offer(*tracker, 20);
    EXPECT_GT(tracker->stats().pending_spool, 500U);
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 2200; }));
    for (int i = 0; i < 20; ++i) {
      world.offer(*tracker, 20);
      EXPECT_TRUE(world.wait_for(200ms, [&] { return tracker->stats().pending_spool == 0; }))
          << "what comes now is sent directly again";
    }
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

faultfs::Rule hanging(std::vector<Operation> operations) {
  return {.name = "hangs",
          .when = {.operations = std::move(operations)},
          .effect = {.hang = faultfs::HangEffect{}}};
}

// The disk says neither yes nor no. What comes meanwhile goes through memory; only the commit that is
// under way waits for the disk.
TEST(Disk, AHangHoldsUpTheCommitUnderWayAndNobodyElse) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({hanging({Operation::write, Operation::fsync, Operation::create, Operation::unlink})});
    for (int i = 0; i < 100; ++i, world.sleep(50ms)) EXPECT_EQ(world.offer(*tracker, 10), 10U);
    EXPECT_GE(tracker->stats().delivered, 980U);
    EXPECT_TRUE(world.witness.durable.empty());
    EXPECT_EQ(tracker->stats().fallbacks, 1U);
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(1s, [&] { return tracker->stats().delivered == 1000; }));
    world.offer(*tracker, 10);
    EXPECT_TRUE(world.wait_for(1s, [&] { return world.witness.durable.contains(1010); })) << "on disk again";
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

// With the upstream away as well, memory fills to its bound, and goes to disk when that answers.
TEST(Disk, AHangDuringAnOutageFillsMemoryToItsBoundAndNoFurther) {
  TrackerWorld world;
  world.options.memory.max_bytes = 200 * sizeof(delivery::HeldRecord);
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({hanging({Operation::fsync})});
    for (int i = 0; i < 40; ++i, world.sleep(50ms)) EXPECT_EQ(world.offer(*tracker, 10), 10U);
    EXPECT_EQ(tracker->stats().pending_memory, 400U) << "with those that wait in the ring";
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(2s, [&] { return tracker->stats().pending_spool == 400; }));
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 400; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered();
  });
}

}  // namespace
}  // namespace holdfast
