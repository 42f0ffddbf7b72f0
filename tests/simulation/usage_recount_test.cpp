// What a killed life left uncounted in the spool, and what else can happen to it before it is counted.
#include "tests/simulation/usage_fixture.h"

namespace holdfast {
namespace {

// Lives that are killed when their file has their first record only, with a primary and a backup spool
// directory.
struct KilledLives : UsageTrackerWorld {
  KilledLives() {
    options.spool.backup_directory = "/mnt/backup";
    options.spool.max_retry_interval = 1s;
    options.usage.flush_interval = 1s;
  }

  // Plays the body in a life that writes its usage file once, before that, and kills it.
  void killed_life(const std::function<void(Tracker&)>& body) {
    options.usage.flush_interval = 10min;
    MortalFileSystem mortal(env.files);
    auto tracker = open_in(on(mortal));
    offer_named(*tracker, 1);
    EXPECT_TRUE(tracker->flush(5s));
    body(*tracker);
    mortal.die();
    (void)tracker->close(10ms);
    heal_disk();
    heal_upstream();
    options.usage.flush_interval = 1s;
  }

  // From now on the primary refuses a commit whose bytes it has taken, and cannot cut them off again.
  void leave_copies_in_the_primary() {
    arm({failing(Operation::fsync, EIO, "spool/**"), failing(Operation::truncate, EIO, "spool/**"),
         failing(Operation::unlink, EIO, "spool/**")});
  }

  bool spool_is_empty(Tracker& tracker) {
    return wait_for(30s, [&] { return tracker.stats().spool_bytes == 0; });
  }
  // A life without records of its own: it counts as many of earlier ones, and lets all go.
  void expect_a_life_counts(std::uint64_t records) {
    auto tracker = open();
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(spool_is_empty(*tracker));
    EXPECT_EQ(tracker->stats().usage_recounted, records);
    EXPECT_TRUE(tracker->close(5s));
  }
};

// A commit that failed in the primary and could not be cut off lies there and in the backup. The hint says
// of both that they are settled.
TEST(UsageRecount, CountsARecordOnceThatLiesInTwoPlaces) {
  KilledLives world;
  world.run([&] {
    world.killed_life([&](Tracker& killed) {
      world.offer_named(killed, 100);
      world.sleep(50ms);
      world.leave_copies_in_the_primary();
      world.offer_named(killed, 100);
      world.sleep(6s);  // the hint is saved
      EXPECT_EQ(killed.stats().delivered, 201U);
    });
    world.expect_a_life_counts(200);
    world.expect_all_counted();
  });
}

// The life after the kill counts the originals and lets them go; only a later one can read the copies.
TEST(UsageRecount, ACopyOfWhatAnEarlierLifeCountedIsNotCountedAgain) {
  KilledLives world;
  world.run([&] {
    world.killed_life([&](Tracker& killed) {
      world.arm(away(Outage::refuse));
      world.offer_named(killed, 100);
      world.sleep(50ms);
      world.leave_copies_in_the_primary();
      world.offer_named(killed, 100);
      world.sleep(50ms);
      EXPECT_EQ(killed.stats().location(), SpoolLocation::backup);
    });
    world.arm({failing(Operation::readdir, EIO, "spool")});
    world.expect_a_life_counts(100);  // what the backup has
    world.heal_disk();
    world.expect_a_life_counts(100);  // what the primary has, without the copies
    world.expect_all_counted();
  });
}

// Somebody removes a segment that waits to be counted: its counts are gone, and nothing waits for them.
TEST(UsageRecount, ASegmentThatIsGoneIsGivenUpOnce) {
  KilledLives world;
  world.run([&] {
    world.killed_life([&](Tracker& killed) {
      world.offer_named(killed, 100);
      world.sleep(1s);
    });
    world.arm({failing(Operation::open, EACCES, "usage/**")});  // so that nothing is counted yet
    auto next = world.open();
    EXPECT_TRUE(world.wait_for(5s, [&] { return next->stats().pending_spool == 0; }));
    const auto names = world.env.files.list(world.kDirectory).value();
    for (const auto& name : names) {
      if (!spool::segment_id_of(name)) continue;
      EXPECT_TRUE(world.env.files.remove(world.kDirectory + "/" + name));
    }
    world.heal_disk();
    EXPECT_TRUE(world.spool_is_empty(*next));
    world.offer_named(*next, 10);
    EXPECT_TRUE(next->flush(5s));
    EXPECT_EQ(next->stats().usage_recounted, 0U);
    EXPECT_EQ(next->stats().usage_lost, 101U) << "at most: one of them was counted in time";
    EXPECT_TRUE(next->close(5s));
    EXPECT_EQ(world.book().sum().records, 11U);
    EXPECT_TRUE(world.open()->close(5s));
    EXPECT_EQ(world.book().lives.size(), 1U) << "lives are folded as ever";
  });
}

// A spool that is more than half full holds nothing: what went before it could be counted is said to be lost.
TEST(UsageRecount, WhatWentForWantOfRoomIsSaidToBeLost) {
  KilledLives world;
  world.options.spool.segment_bytes = 4096;
  world.options.spool.max_bytes = 32 * 1024;
  world.run([&] {
    world.killed_life([&](Tracker& killed) {
      world.arm(away(Outage::refuse));
      for (int i = 0; i < 3; ++i, world.sleep(50ms)) world.offer_named(killed, 100);
      EXPECT_GT(killed.stats().spool_bytes, 20U * 1024);
    });
    world.arm({failing(Operation::open, EACCES, "usage/**")});
    auto next = world.open();
    EXPECT_TRUE(world.wait_for(10s, [&] { return next->stats().spool_bytes <= 16U * 1024; }));
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(5s, [&] { return next->stats().usage_lost > 0; }));
    const Stats stats = next->stats();
    EXPECT_GT(stats.usage_recounted, 0U);
    EXPECT_EQ(stats.usage_recounted + stats.usage_lost, 301U)
        << "the first was counted in time, and lost too";
    EXPECT_TRUE(next->close(5s));
    world.expect_none_twice(world.counted());
  });
}

// A location that hangs is not asked for what is to be counted there; the file is written meanwhile.
TEST(UsageRecount, ALocationThatHangsHoldsUpNoFlush) {
  KilledLives world;
  world.run([&] {
    world.killed_life([&](Tracker& killed) {
      world.offer_named(killed, 100);
      world.sleep(1s);
    });
    const auto denied = failing(Operation::open, EACCES, "usage/**");
    auto syncs = slow(10s, {Operation::fsync}), reads = slow(1h, {Operation::open, Operation::read});
    syncs.when.path = reads.when.path = "spool/**";
    world.arm({denied});
    auto next = world.open();
    EXPECT_TRUE(world.wait_for(5s, [&] { return next->stats().pending_spool == 0; }));
    world.arm({denied, syncs});
    world.offer_named(*next, 100);
    EXPECT_TRUE(world.wait_for(1min, [&] {
      world.offer_named(*next, 1);
      world.sleep(100ms);
      return next->stats().location() == SpoolLocation::backup;
    }));
    reads.name = "reads hang";
    world.arm({syncs, reads});
    world.offer_named(*next, 100);
    EXPECT_TRUE(next->flush(3s));
    EXPECT_EQ(next->stats().usage_recounted, 0U);
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(1min, [&] { return next->stats().usage_recounted == 100; }));
    EXPECT_TRUE(next->close(5s));
    world.expect_all_counted();
  });
}

}  // namespace
}  // namespace holdfast
