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
