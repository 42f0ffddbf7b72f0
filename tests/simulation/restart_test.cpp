// One tracker after another on the same disk.
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

TEST(Restart, WhatTheFirstLifeLeftTheSecondDeliversOnceUnderTheFirstsKeys) {
  TrackerWorld world;
  world.run([&] {
    world.arm(away(Outage::refuse));
    auto first = world.open();
    world.offer(*first, 500);
    world.sleep(3s);
    EXPECT_TRUE(first->close(1s));
    EXPECT_EQ(first->stats().pending_spool, 500U);
    first.reset();

    world.heal_upstream();
    auto second = world.open();
    EXPECT_EQ(second->stats().recovered, 500U);
    world.offer(*second, 100);
    EXPECT_TRUE(second->close(10s));
    EXPECT_EQ(second->stats().delivered, 600U);
    EXPECT_TRUE(second->stats().conserved());
    world.expect_all_delivered();
    EXPECT_TRUE(world.in_spool().empty());
  });
}

// DF-22, DF-32: no life sends again what an earlier one settled.
TEST(Restart, ManyLivesWithAnUpstreamThatComesAndGoesDeliverEachRecordOnce) {
  TrackerWorld world;
  world.options.spool.segment_bytes = 4096;
  world.run([&] {
    for (int life = 0; life < 12; ++life) {
      if (life % 3 == 0) world.arm(away(Outage::refuse));
      if (life % 3 == 2) world.heal_upstream();
      auto tracker = world.open();
      for (int i = 0; i < 10; ++i, world.sleep(20ms)) world.offer(*tracker, 20);
      if (life % 3 == 1) world.arm({.name = "some fail", .effect = {.error_rate = 500'000'000}});
      world.sleep(200ms);
      (void)tracker->close(1s);
      EXPECT_EQ(tracker->stats().lost_shutdown, 0U);
      EXPECT_TRUE(tracker->stats().conserved()) << "life " << life;
    }
    world.heal_upstream();
    auto last = world.open();
    EXPECT_TRUE(last->close(10s));
    EXPECT_EQ(last->stats().pending_spool, 0U);
    world.expect_all_delivered();
  });
}

TEST(Restart, DamageIsCountedQuarantinedAndTheRestDelivered) {
  TrackerWorld world;
  world.run([&] {
    world.arm(away(Outage::refuse));
    auto first = world.open();
    world.offer(*first, 100);
    world.sleep(3s);
    EXPECT_TRUE(first->close(1s));
    auto file = world.env.files.open("/mnt/spool/00000001.seg", OpenMode::updating());
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->write_at(1000, as_bytes("damage")));
    EXPECT_TRUE((*file)->close());
    world.heal_upstream();
    auto second = world.open();
    EXPECT_TRUE(second->close(10s));
    EXPECT_EQ(second->stats().quarantined, 1U);
    EXPECT_EQ(second->stats().delivered, 99U);
    EXPECT_TRUE(second->stats().conserved());
    EXPECT_EQ(world.deliveries.size(), 99U);
  });
}

TEST(Restart, ASecondTrackerIsRefusedWhileTheFirstLives) {
  TrackerWorld world;
  world.run([&] {
    auto first = world.open();
    const auto second = Tracker::open(world.env, world.options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_TRUE(first->close(1s));
  });
}

}  // namespace
}  // namespace holdfast
