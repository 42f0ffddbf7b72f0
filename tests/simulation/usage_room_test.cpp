// Settled segments are held until the usage file has counted them; room for records goes first.
#include "tests/simulation/usage_fixture.h"

namespace holdfast {
namespace {

TEST(UsageRoom, SettledSegmentsAreHeldForTheFileOnlyWhileTheSpoolHasRoom) {
  UsageTrackerWorld world;
  world.options.spool.segment_bytes = 4096;
  world.options.spool.max_bytes = 64 * 1024;
  world.options.usage.flush_interval = 1h;
  world.run([&] {
    auto tracker = world.open();
    for (int i = 0; i < 100; ++i, world.sleep(50ms)) {
      world.offer_named(*tracker, 20);
      EXPECT_LE(tracker->stats().spool_bytes, world.options.spool.max_bytes);
    }
    EXPECT_EQ(tracker->stats().delivered, 2000U);
    EXPECT_EQ(tracker->stats().pending_memory, 0U);
    EXPECT_GT(tracker->stats().spool_bytes, world.options.spool.max_bytes / 4);
    EXPECT_LE(tracker->stats().spool_bytes, world.options.spool.max_bytes / 2 + 2 * 4096);
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(world.wait_for(1s, [&] { return tracker->stats().spool_bytes <= 4096; }));
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_counted();
  });
}

// A disk that fills up before the spool is half full, with the usage file on it: what is held for the file
// keeps it from being written. The oldest segment goes, and then there is room for both.
TEST(UsageRoom, AFullDiskThatHoldsTheFileTooIsNoDeadlock) {
  UsageTrackerWorld world;
  world.options.spool.segment_bytes = 16 * 1024;
  world.options.spool.max_bytes = 1 << 20;
  world.options.usage.flush_interval = 20s;
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    world.arm({full(128 * 1024)});
    std::uint64_t in_memory = 0;
    for (int i = 0; i < 600; ++i, world.sleep(100ms)) {
      world.offer(producer, 20);
      if (tracker->stats().location() == SpoolLocation::memory) ++in_memory;
    }
    EXPECT_LT(in_memory, 60U) << "records have a disk but for moments";
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(world.book().sum().records, 12'000U);
  });
}

// Where the spool has room nothing is given up for a file that has none on its own disk.
TEST(UsageRoom, AFullDiskOfTheFileAloneTakesNothingFromTheSpool) {
  UsageTrackerWorld world;
  world.options.spool.segment_bytes = 4096;
  world.run([&] {
    auto tracker = world.open();
    world.sleep(1s);
    world.arm({failing(Operation::create, ENOSPC, "usage*/**")});
    for (int i = 0; i < 20; ++i, world.sleep(500ms)) world.offer_named(*tracker, 50);
    EXPECT_GT(tracker->stats().usage_failures, 5U);
    EXPECT_GT(tracker->stats().spool_bytes, 1000U * spool::framed_bytes(ingest::kFrameFixedBytes));
    world.heal_disk();
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_counted();
  });
}

// No record comes, and the file alone wants the room.
TEST(UsageRoom, TheFileGetsRoomOnAFullDiskWhenNoRecordComes) {
  UsageTrackerWorld world;
  world.options.spool.segment_bytes = 16 * 1024;
  world.options.usage.flush_interval = 5s;
  world.run([&] {
    auto tracker = world.open();
    world.sleep(1s);
    for (int i = 0; i < 30; ++i, world.sleep(50ms)) world.offer(*tracker, 50);
    EXPECT_EQ(tracker->stats().delivered, 1500U);
    const std::uint64_t held = tracker->stats().spool_bytes;
    world.arm({full(0)});
    EXPECT_TRUE(world.wait_for(20s, [&] { return tracker->stats().usage_pending == 0; }));
    EXPECT_GT(held, 100'000U);
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_EQ(world.book().sum().records, 1500U);
  });
}

}  // namespace
}  // namespace holdfast
