// A tracker with a backup and an emergency location beside its spool: locations fail, hang, vanish
// and heal, and the records stay safe.
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

faultfs::Rule broken(const std::string& location) {
  return {.name = location + " is broken",
          .when = {.operations = {Operation::write, Operation::create, Operation::fsync},
                   .path = location + "/**"},
          .effect = {.error = faultfs::ErrorEffect{EIO}}};
}
// Nothing of it can be opened, listed or made.
std::vector<faultfs::Rule> unreachable(const std::string& location) {
  faultfs::Rule inside{.name = location + " is unreachable",
                       .when = {.operations = {}, .path = location + "/**"},
                       .effect = {.error = faultfs::ErrorEffect{EIO}}};
  faultfs::Rule itself = inside;
  itself.name += ", itself too";
  itself.when.path = location;
  return {inside, itself};
}

struct FallbackWorld : TrackerWorld {
  FallbackWorld() {
    options.spool.backup_directory = "/mnt/backup";
    options.spool.emergency_directory = "/mnt/emergency";
    options.spool.max_retry_interval = 5s;
  }
  // Everything that was offered is delivered, the primary is written again, no location keeps anything.
  void expect_drained(Tracker& tracker) {
    EXPECT_TRUE(wait_for(30s, [&] {
      const Stats stats = tracker.stats();
      return stats.pending_spool + stats.pending_memory == 0 && stats.location() == SpoolLocation::primary;
    }));
    EXPECT_TRUE(tracker.close(5s));
    EXPECT_TRUE(tracker.stats().conserved());
    EXPECT_EQ(tracker.stats().spool_bytes, 0U);
    expect_all_delivered();
    EXPECT_TRUE(in_spool().empty());
  }
};

TEST(Fallback, RecordsAreDurableInTheBackupWithoutAWait) {
  FallbackWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 50);
    world.sleep(50ms);
    world.arm({broken("spool")});
    for (int i = 0; i < 20; ++i) {
      world.offer(*tracker, 50);
      EXPECT_TRUE(tracker->flush(30ms)) << "one commit, as ever";
    }
    const Stats stats = tracker->stats();
    EXPECT_EQ(world.witness.durable.size(), 1050U);
    EXPECT_EQ(stats.location(), SpoolLocation::backup);
    EXPECT_EQ(stats.fallbacks, 1U);
    EXPECT_EQ(stats.pending_spool, 1050U);
    EXPECT_GT(stats.spool_bytes_primary, 0U);
    EXPECT_GT(stats.spool_bytes_backup, stats.spool_bytes_primary);
    EXPECT_EQ(stats.spool_bytes_emergency, 0U);
    EXPECT_EQ(stats.spool_bytes, stats.spool_bytes_primary + stats.spool_bytes_backup);
    world.heal_upstream();
    world.heal_disk();
    world.expect_drained(*tracker);
  });
}

TEST(Fallback, FromOneToTheNextToMemoryAndAllTheWayBack) {
  FallbackWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    std::vector<faultfs::Rule> faults;
    const auto expect_at = [&](SpoolLocation location, std::uint64_t fallbacks) {
      world.offer(*tracker, 20);
      world.sleep(100ms);
      EXPECT_EQ(tracker->stats().location(), location);
      EXPECT_EQ(tracker->stats().fallbacks, fallbacks);
    };
    expect_at(SpoolLocation::primary, 0);
    for (const char* location : {"spool", "backup", "emergency"}) {
      faults.push_back(broken(location));
      world.arm(faults);
      expect_at(static_cast<SpoolLocation>(faults.size()), faults.size());
    }
    EXPECT_EQ(tracker->stats().pending_memory, 20U);
    EXPECT_EQ(world.witness.durable.size(), 60U);
    world.arm({broken("spool"), broken("backup")});
    EXPECT_TRUE(world.wait_for(1s, [&] { return world.witness.durable.size() == 80; })) << "out of memory";
    expect_at(SpoolLocation::emergency, 3);
    world.arm({broken("spool")});
    world.sleep(6s);  // the longest pause, and one look
    expect_at(SpoolLocation::backup, 3);
    world.heal_disk();
    world.sleep(6s);
    expect_at(SpoolLocation::primary, 3);
    world.heal_upstream();
    world.expect_drained(*tracker);
  });
}

// DF-08 with three disks: the caller is told when nothing is left, and not before.
TEST(Fallback, WhenEverythingIsFullTheCallerIsToldAndNothingIsDropped) {
  FallbackWorld world;
  world.options.ring.bytes = 4096;
  world.options.memory.max_bytes = 100 * sizeof(delivery::HeldRecord);
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.arm({full(64 * 1024)});
    auto producer = tracker->make_producer();
    std::size_t accepted = 0;
    for (int i = 0; i < 200; ++i, world.sleep(20ms)) accepted += world.offer(producer, 10);
    const Stats stats = tracker->stats();
    EXPECT_GT(stats.rejected_ring_full, 0U);
    EXPECT_EQ(stats.rejected_ring_full, 2000 - accepted);
    EXPECT_EQ(stats.pending_memory + stats.pending_spool, accepted);
    EXPECT_TRUE(stats.conserved());
    world.heal_disk();
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(30s, [&] { return tracker->stats().delivered == accepted; }));
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(world.deliveries.size(), accepted);
  });
}

TEST(Fallback, ABacklogInThreeLocationsIsReadBackWhileMoreComes) {
  FallbackWorld world;
  world.options.delivery.batch.queue_records = 100;
  world.options.spool.segment_bytes = 4096;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    const auto offer_some = [&] {
      for (int i = 0; i < 10; ++i, world.sleep(20ms)) world.offer(*tracker, 30);
    };
    offer_some();
    world.arm({broken("spool")});
    offer_some();
    world.arm({broken("spool"), broken("backup")});
    offer_some();
    EXPECT_GT(tracker->stats().spool_bytes_emergency, 0U);
    world.heal_disk();
    world.heal_upstream();
    offer_some();
    world.expect_drained(*tracker);
  });
}

// A dead disk's many segments do not hold up those of another, each for a second.
TEST(Fallback, AnUnreadablePrimaryHoldsUpNoOtherLocation) {
  FallbackWorld world;
  world.options.delivery.batch.queue_records = 100;
  world.options.spool.segment_bytes = 4096;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    for (int i = 0; i < 40; ++i, world.sleep(20ms)) world.offer(*tracker, 30);
    world.arm({broken("spool"), failing(Operation::read, EIO, "spool/**")});
    for (int i = 0; i < 20; ++i, world.sleep(20ms)) world.offer(*tracker, 30);
    EXPECT_GT(tracker->stats().spool_bytes_primary, 15U * 4096);
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered >= 600; }));
    world.heal_disk();
    world.expect_drained(*tracker);
  });
}

TEST(Fallback, TheSecondLifeDeliversWhatTheFirstLeftInTwoLocationsOnce) {
  FallbackWorld world;
  world.run([&] {
    world.arm(away(Outage::refuse));
    auto first = world.open();
    world.offer(*first, 200);
    EXPECT_TRUE(first->flush(1s));
    world.arm({broken("spool")});
    world.offer(*first, 200);
    EXPECT_TRUE(first->flush(1s));
    (void)first->close(1s);
    EXPECT_TRUE(first->stats().conserved());
    EXPECT_EQ(first->stats().lost_shutdown, 0U);
    EXPECT_EQ(world.in_spool(), world.witness.durable);
    world.heal_disk();
    auto second = world.open();
    EXPECT_EQ(second->stats().recovered, 400U);
    world.heal_upstream();
    world.expect_drained(*second);
  });
}

// A tracker on a broken disk delivers from memory, and what the disk holds when it can be read again.
TEST(Fallback, APrimaryThatCannotBeReadAtTheStartIsReadLater) {
  for (const bool with_fallbacks : {true, false}) {
    FallbackWorld world;
    if (!with_fallbacks) world.options.spool.backup_directory = world.options.spool.emergency_directory = "";
    world.run([&] {
      world.arm(away(Outage::refuse));
      auto first = world.open();
      world.offer(*first, 300);
      EXPECT_TRUE(first->flush(1s));
      (void)first->close(1s);
      world.arm(unreachable("spool"));
      world.heal_upstream();
      auto second = world.open();
      EXPECT_EQ(second->stats().recovered, 0U);
      for (int i = 0; i < 10; ++i, world.sleep(50ms)) world.offer(*second, 20);
      EXPECT_TRUE(world.wait_for(5s, [&] { return second->stats().delivered == 200; }));
      EXPECT_EQ(second->stats().location(), with_fallbacks ? SpoolLocation::backup : SpoolLocation::memory);
      EXPECT_TRUE(second->stats().conserved());
      world.heal_disk();
      EXPECT_TRUE(world.wait_for(7s, [&] { return second->stats().delivered == 500; }));
      EXPECT_EQ(second->stats().recovered, 300U);
      for (int i = 0; i < 10; ++i, world.sleep(50ms)) world.offer(*second, 20);
      world.expect_drained(*second);
    });
  }
}

// The way back is open while records come and go directly: none is passed over, none sent twice.
TEST(Fallback, WhatIsFoundLateIsReadBesideABusyLoad) {
  FallbackWorld world;
  world.options.delivery.batch.queue_records = 200;
  world.run([&] {
    world.arm(away(Outage::refuse));
    auto first = world.open();
    for (int i = 0; i < 20; ++i, world.sleep(20ms)) world.offer(*first, 50);
    (void)first->close(1s);
    world.arm(unreachable("spool"));
    world.heal_upstream();
    auto second = world.open();
    for (int i = 0; i < 200; ++i, world.sleep(10ms)) {
      world.offer(*second, 10);
      if (i == 30) world.heal_disk();
      if (i == 100) world.arm(away(Outage::refuse));
      if (i == 150) world.heal_upstream();
    }
    world.expect_drained(*second);
    EXPECT_EQ(second->stats().recovered, 1000U);
  });
}

TEST(Fallback, ALocationThatIsReplacedByAFileOrRemovedCostsNoRecord) {
  FallbackWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 100);
    EXPECT_TRUE(tracker->flush(1s));
    EXPECT_TRUE(world.env.files.rename("/mnt/spool", "/mnt/moved"));
    auto file = world.env.files.open("/mnt/spool", OpenMode::creating());
    EXPECT_TRUE((*file)->close());
    for (int i = 0; i < 20; ++i, world.sleep(100ms)) world.offer(*tracker, 20);  // more than one segment
    EXPECT_EQ(tracker->stats().location(), SpoolLocation::backup);
    EXPECT_EQ(tracker->stats().quarantined, 0U);
    world.heal_upstream();
    world.sleep(5s);
    EXPECT_TRUE(world.env.files.remove("/mnt/spool"));
    EXPECT_TRUE(world.env.files.rename("/mnt/moved", "/mnt/spool"));
    world.expect_drained(*tracker);
    EXPECT_EQ(tracker->stats().quarantined, 0U);
  });
}

// A disk that hangs: one commit waits for it, the records behind it are held in memory, and go to the
// backup then. Nothing else asks for it until a trial comes back in time.
TEST(Fallback, ADiskThatHangsHoldsUpOneCommit) {
  FallbackWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    auto rule = slow(3s, {Operation::fsync});
    rule.when.path = "spool/**";
    world.arm({rule});
    auto producer = tracker->make_producer();
    for (int i = 0; i < 200; ++i, world.sleep(100ms)) EXPECT_EQ(world.offer(producer, 5), 5U);
    EXPECT_EQ(tracker->stats().location(), SpoolLocation::backup);
    EXPECT_EQ(world.witness.durable.size(), 1000U);
    world.offer(producer, 5);
    EXPECT_TRUE(tracker->flush(30ms)) << "at the backup's pace";
    world.heal_disk();
    world.heal_upstream();
    world.expect_drained(*tracker);
  });
}

// It never comes back: the collector waits for ever, these rings are full before anybody stands in for it,
// the caller is told, and the program can still end.
TEST(Fallback, ADiskThatNeverAnswersEndsInRefusalsThatAreCounted) {
  FallbackWorld world;
  world.options.ring.bytes = 4096;
  world.run([&] {
    auto tracker = world.open();
    auto rule = slow(1h);
    rule.when.path = "spool/**";
    world.arm({rule});
    auto producer = tracker->make_producer();
    std::size_t accepted = 0;
    for (int i = 0; i < 50; ++i, world.sleep(20ms)) accepted += world.offer(producer, 10);
    EXPECT_GT(tracker->stats().rejected_ring_full, 0U);
    EXPECT_EQ(tracker->stats().rejected_ring_full, 500 - accepted);
    const Time began = world.now();
    EXPECT_EQ(tracker->close(1s).error().code, Code::timeout);
    EXPECT_LE(world.now() - began, 3s);
    EXPECT_GE(tracker->stats().detached_workers, 1U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.heal_disk();
    world.sleep(2h);  // whoever was left behind ends
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

TEST(Fallback, TwoTrackersOnBrokenDisksShareNoLocationWhenTheDisksHeal) {
  FallbackWorld world;
  world.run([&] {
    auto faults = unreachable("spool");
    for (const char* location : {"backup", "emergency"})
      for (auto& rule : unreachable(location)) faults.push_back(rule);
    world.arm(faults);
    const Environment elsewhere{world.env.clock,     world.env.scheduler, world.env.files,
                                world.env.transport, Random(2),           world.env.log};
    auto one = world.open();
    auto other = world.open_in(elsewhere);
    world.offer(*one, 100);
    world.offer(*other, 100);
    EXPECT_TRUE(world.wait_for(5s, [&] { return world.deliveries.size() == 200; })) << "from memory";
    world.heal_disk();
    world.sleep(10s);
    world.arm(away(Outage::refuse));
    world.offer(*one, 100);
    world.offer(*other, 100);
    world.sleep(1s);
    EXPECT_NE(one->stats().location(), other->stats().location()) << "each location has one owner";
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(5s, [&] { return world.deliveries.size() == 400; }));
    for (auto* tracker : {one.get(), other.get()}) {
      EXPECT_TRUE(tracker->close(5s));
      EXPECT_TRUE(tracker->stats().conserved());
    }
    world.expect_all_delivered();
  });
}

TEST(Fallback, ALocationIsRefusedToASecondTracker) {
  FallbackWorld world;
  world.run([&] {
    auto first = world.open();
    Options other = world.options;
    other.spool.directory = "/mnt/own";
    const auto second = Tracker::open(world.env, other);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_TRUE(first->close(1s));
  });
}

// However often locations fail and heal, the books balance and no record is lost or sent twice.
TEST(Fallback, LocationsThatComeAndGoCostNoRecordOverManyLives) {
  FallbackWorld world;
  world.options.spool.segment_bytes = 4096;
  world.options.spool.max_retry_interval = 1s;
  world.run([&] {
    RandomStream draws = Random(7).stream("test");
    for (int life = 0; life < 10; ++life) {
      auto tracker = world.open();
      for (int i = 0; i < 30; ++i, world.sleep(50ms)) {
        world.offer(*tracker, 10);
        if (i % 5 != 0) continue;
        std::vector<faultfs::Rule> faults;
        for (const char* location : {"spool", "backup", "emergency"})
          if (draws.below(2) == 0) faults.push_back(broken(location));
        world.arm(faults);
        draws.below(2) == 0 ? world.arm(away(Outage::refuse)) : world.heal_upstream();
      }
      world.heal_disk();
      world.sleep(2s);
      (void)tracker->close(1s);
      EXPECT_EQ(tracker->stats().lost_shutdown, 0U);
      EXPECT_TRUE(tracker->stats().conserved()) << "life " << life;
    }
    world.heal_upstream();
    auto last = world.open();
    EXPECT_TRUE(world.wait_for(30s, [&] { return last->stats().pending_spool == 0; }));
    EXPECT_TRUE(last->close(5s));
    world.expect_all_delivered(2);
    EXPECT_TRUE(world.in_spool().empty());
  });
}

}  // namespace
}  // namespace holdfast
