// The usage file of a tracker whose disk fails, or which is killed.
#include <array>

#include "tests/simulation/usage_fixture.h"

namespace holdfast {
namespace {

TEST(Usage, CountsEveryAcceptedRecordOnceAndIsCompleteAfterClose) {
  UsageTrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    for (int i = 0; i < 30; ++i, world.sleep(100ms)) world.offer_named(*tracker, 20);
    EXPECT_TRUE(tracker->close(5s));
    const Stats stats = tracker->stats();
    EXPECT_EQ(stats.usage_counted, 600U);
    EXPECT_EQ(stats.usage_pending, 0U);
    EXPECT_GE(stats.usage_flushes, 3U);
    EXPECT_EQ(stats.usage_failures + stats.usage_fallbacks + stats.usage_recoveries + stats.usage_other, 0U);
    world.expect_all_counted();
  });
}

TEST(Usage, IsOffByDefaultAndThenTouchesNothing) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.offer(*tracker, 100);
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_EQ(tracker->stats().usage_flushes, 0U);
    EXPECT_EQ(tracker->stats().usage_pending, 0U);
    EXPECT_FALSE(world.env.files.stat("/mnt/usage"));
  });
}

// S-07, S-11: flush() is true only when the file has it, and needs no new record to be noticed.
TEST(Usage, FlushMeansThatTheFileHasItAndWaitsForNoInterval) {
  UsageTrackerWorld world;
  world.options.usage.flush_interval = 1h;
  world.run([&] {
    auto tracker = world.open();
    world.sleep(10s);
    world.offer_named(*tracker, 50);
    world.sleep(1s);
    EXPECT_EQ(tracker->stats().usage_pending, 50U);
    const Time asked = world.now();
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_LT(world.now() - asked, 200ms);
    EXPECT_EQ(usage::parse_book(as_text(*world.world.disk().durable_bytes(world.kUsageFile)))->sum().records,
              50U);
    EXPECT_TRUE(tracker->flush(5s)) << "with nothing new too";

    world.arm({failing(Operation::fsync, EIO, "usage*/**")});
    world.offer_named(*tracker, 50);
    const auto failed = tracker->flush(1s);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("usage"), std::string::npos);
    world.heal_disk();
    EXPECT_TRUE(tracker->flush(5s));
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_counted();
  });
}

// S-06, S-18, DF-30: whatever error comes from whatever call, the worker lives and counts on.
TEST(Usage, NoErrorOfAnyCallEndsTheWorkerOrTheCount) {
  for (const auto operation : {Operation::open, Operation::create, Operation::read, Operation::write,
                               Operation::fsync, Operation::rename, Operation::fsyncdir, Operation::mkdir,
                               Operation::getattr, Operation::lock, Operation::release}) {
    UsageTrackerWorld world;
    world.run([&] {
      for (const int error : {EIO, EACCES, ENOSPC, EROFS}) {
        auto tracker = world.open();
        world.arm({failing(operation, error, "usage*/**")});
        world.offer_named(*tracker, 20);
        world.sleep(3s);
        world.offer_named(*tracker, 20);
        world.heal_disk();
        EXPECT_TRUE(world.wait_for(3s, [&] { return tracker->stats().usage_counted == 40; }))
            << to_string(operation) << " " << error;
        EXPECT_TRUE(tracker->close(5s)) << to_string(operation) << " " << error;
      }
      world.expect_all_counted();
    });
  }
}

// S-09: while no location takes it nothing is lost and nothing is counted twice.
TEST(Usage, WhenAllLocationsFailTotalsStayInMemoryAndGoBackToThePrimary) {
  UsageTrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.offer_named(*tracker, 20);
    EXPECT_TRUE(tracker->flush(5s));
    world.arm({failing(Operation::create, ENOSPC, "usage*/**")});
    for (int i = 0; i < 10; ++i, world.sleep(1s)) world.offer_named(*tracker, 20);
    EXPECT_EQ(tracker->stats().usage_pending, 200U);
    EXPECT_GT(tracker->stats().usage_failures, 5U);
    EXPECT_EQ(tracker->stats().usage_fallbacks, 1U) << "at once from the primary to memory";
    EXPECT_EQ(tracker->stats().delivered, 220U) << "records go their way";
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(2s, [&] { return tracker->stats().usage_pending == 0; }));
    EXPECT_EQ(usage::parse_book(as_text(*world.world.disk().durable_bytes(world.kUsageFile)))->sum().records,
              220U);
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_counted();
  });
}

// S-10: what comes after close() is refused, counted as such, and not in the file.
TEST(Usage, ARecordAfterCloseIsRefusedAndNotCounted) {
  UsageTrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    world.offer_named(producer, 10);
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_EQ(world.offer_named(producer, 5), 0U);
    EXPECT_EQ(tracker->stats().rejected_closed, 5U);
    EXPECT_EQ(world.book().sum().records, 10U);
  });
}

TEST(Usage, ManyLivesAddUpAndLeaveOneHistory) {
  UsageTrackerWorld world;
  world.run([&] {
    for (int life = 0; life < 5; ++life) {
      auto tracker = world.open();
      world.offer_named(*tracker, 20);
      EXPECT_TRUE(tracker->close(5s));
      EXPECT_EQ(tracker->stats().usage_recounted, 0U);
    }
    world.expect_all_counted();
    EXPECT_EQ(world.book().lives.size(), 1U) << "the last; the others are history";
    EXPECT_EQ(world.book().folds, 4U);
  });
}

// DF-22, DF-32: a killed life's records are counted from the spool, those counted before are not again,
// though they were delivered and their segments settled before the kill.
TEST(Usage, AKillLosesNothingDurableAndCountsNothingTwice) {
  UsageTrackerWorld world;
  world.options.spool.segment_bytes = 4096;
  world.options.usage.flush_interval = 1s;
  world.run([&] {
    MortalFileSystem mortal(world.env.files);
    auto killed = world.open_in(world.on(mortal));
    world.offer_named(*killed, 300);
    world.sleep(1500ms);
    EXPECT_EQ(killed->stats().usage_counted, 300U);
    for (int i = 0; i < 5; ++i, world.sleep(50ms)) world.offer_named(*killed, 80);
    EXPECT_EQ(killed->stats().delivered, 700U);
    EXPECT_GT(killed->stats().usage_pending, 300U);
    mortal.die();
    (void)killed->close(10ms);

    auto next = world.open();
    world.offer_named(*next, 10);
    EXPECT_TRUE(next->flush(5s));
    EXPECT_EQ(next->stats().usage_recounted, 400U);
    EXPECT_TRUE(world.wait_for(1s, [&] { return next->stats().pending_spool == 0; }));
    EXPECT_TRUE(next->close(5s));
    world.expect_all_counted();
    EXPECT_EQ(next->stats().pending_spool, 0U);
    const auto names = world.env.files.list(world.kDirectory).value();
    for (const auto& name : names)
      EXPECT_FALSE(spool::segment_id_of(name)) << name << " is held no longer than it has to be";
  });
}

// Records are in two locations when the life is killed, and one of them cannot be read at the next start:
// what it gives back later is counted then, once, and its segments are let go.
TEST(Usage, CountsWhatALocationGivesBackLate) {
  UsageTrackerWorld world;
  world.options.spool.backup_directory = "/mnt/backup";
  world.options.spool.max_retry_interval = 1s;
  world.options.usage.flush_interval = 10min;
  world.run([&] {
    MortalFileSystem mortal(world.env.files);
    world.arm(away(Outage::refuse));
    auto killed = world.open_in(world.on(mortal));
    world.offer_named(*killed, 100);
    EXPECT_TRUE(killed->flush(5s));
    world.offer_named(*killed, 100);
    world.sleep(50ms);
    world.arm({failing(Operation::write, EIO, "spool/**")});
    world.offer_named(*killed, 100);
    world.sleep(50ms);
    EXPECT_EQ(killed->stats().location(), SpoolLocation::backup);
    EXPECT_EQ(world.witness.durable.size(), 300U);
    mortal.die();
    (void)killed->close(10ms);

    world.heal_upstream();
    world.options.usage.flush_interval = 1s;
    world.arm({failing(Operation::readdir, EIO, "spool")});
    auto tracker = world.open();
    world.sleep(3s);
    EXPECT_EQ(tracker->stats().usage_recounted, 100U) << "what the backup has";
    world.heal_disk();
    EXPECT_TRUE(world.wait_for(30s, [&] { return tracker->stats().usage_recounted == 200; }));
    EXPECT_TRUE(world.wait_for(30s, [&] { return tracker->stats().spool_bytes == 0; })) << "let go";
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_delivered();
    world.expect_all_counted();
  });
}

// A hung commit is bypassed, and what goes around it is counted like everything else.
TEST(Usage, CountsWhatGoesAroundADiskThatHangs) {
  UsageTrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    auto hang = slow(5s, {Operation::fsync});
    hang.when.path = "spool/**";
    world.arm({hang});
    for (int i = 0; i < 20; ++i, world.sleep(100ms)) world.offer_named(*tracker, 10);
    EXPECT_GT(tracker->stats().delivered, 100U) << "around the disk";
    world.heal_disk();
    EXPECT_TRUE(tracker->flush(20s));
    EXPECT_TRUE(tracker->close(5s));
    world.expect_all_counted();
  });
}

// Kills at every call of the file system, over the whole of a short life, the replacing of the file
// included: never twice, never less than was durable.
TEST(Usage, AKillAtAnyCallCountsNothingTwiceAndLosesNothingDurable) {
#ifdef HOLDFAST_TSAN
  constexpr std::uint64_t kEach = 10;  // a race needs no more
#else
  constexpr std::uint64_t kEach = 1;
#endif
  std::uint64_t steps = 0;
  for (bool killed_in_time = true; killed_in_time; steps += kEach) {
    UsageTrackerWorld world;
    world.options.spool.segment_bytes = 4096;
    world.options.usage.flush_interval = 50ms;
    world.run([&] {
      {
        auto before = world.open();
        world.offer_named(*before, 5);
        EXPECT_TRUE(before->close(5s));
      }
      MortalFileSystem mortal(world.env.files);
      mortal.die_after(steps);
      if (auto killed = Tracker::open(world.on(mortal), world.options, &world.witness)) {
        for (int i = 0; i < 5; ++i, world.sleep(30ms)) world.offer_named(**killed, 25);
        (void)(*killed)->close(200ms);
      }
      killed_in_time = mortal.dead();
      auto next = world.open();
      world.offer_named(*next, 5);
      EXPECT_TRUE(next->close(5s)) << "step " << steps;
      const auto times = world.counted();
      world.expect_none_twice(times);
      world.expect_every_durable_one(times);
    });
    if (testing::Test::HasFailure()) FAIL() << "killed after call " << steps;
  }
  EXPECT_GT(steps, 100U);
}

TEST(Usage, AHangingDiskHoldsUpNoRecordAndNotTheEnd) {
  UsageTrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.offer_named(*tracker, 20);
    EXPECT_TRUE(tracker->flush(5s));
    auto rule = slow(1h, {Operation::fsync});
    rule.when.path = "usage*/**";
    world.arm({rule});
    for (int i = 0; i < 20; ++i, world.sleep(100ms)) world.offer_named(*tracker, 20);
    EXPECT_TRUE(world.wait_for(1s, [&] { return tracker->stats().delivered == 420; }));
    const Time closing = world.now();
    EXPECT_FALSE(tracker->close(1s));
    EXPECT_LT(world.now() - closing, 3s);
    EXPECT_EQ(tracker->stats().detached_workers, 1U);
    EXPECT_EQ(tracker->stats().pending_spool, 0U);
    world.heal_disk();
    world.sleep(2h);  // the worker that was left behind comes back and ends
  });
}

TEST(Usage, NamesOfStrangersMakeNoMoreRowsThanTheBound) {
  UsageTrackerWorld world;
  world.options.usage.max_keys = 10;
  world.options.usage.days = 5;
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    for (int i = 0; i < 500; ++i) {
      const std::string model = "m\xFF" + std::to_string(i);
      const std::int64_t day = 86'400'000'000'000LL * (i % 50) * 1000;
      EXPECT_EQ(
          producer.record({.time_ns = day + 1, .model = model, .provider = "\"\n", .operation = "\xC3"}),
          Outcome::accepted);
      if (i % 100 == 99) world.sleep(50ms);
    }
    EXPECT_TRUE(tracker->close(5s));
    const auto book = world.book();
    EXPECT_EQ(book.sum().records, 500U);
    EXPECT_EQ(tracker->stats().usage_pending, 0U);
    EXPECT_GT(tracker->stats().usage_other, 400U);
    const auto totals = book.totals({.keys_per_day = 10, .days = 5});
    EXPECT_LE(totals.days().size(), 2U) << "earlier and today";
    for (const auto& [day, rows] : totals.days()) EXPECT_LE(rows.size(), 11U);
  });
}

TEST(Usage, RecordsWithoutACostGetTheirModelsPrice) {
  UsageTrackerWorld world;
  world.options.usage.prices = "gpt-4o=2.5/10";
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    for (int i = 0; i < 3; ++i)
      (void)producer.record({.input_tokens = 1000, .output_tokens = 10, .model = "gpt-4o"});
    (void)producer.record({.input_tokens = 1000, .cost_nanousd = 7, .model = "gpt-4o"});
    (void)producer.record({.input_tokens = 1000, .model = "unheard-of"});
    EXPECT_TRUE(tracker->close(5s));
    const usage::Sums sum = world.book().sum();
    EXPECT_EQ(sum.cost_nanousd, 3 * 2'600'000U + 7);
    EXPECT_EQ(sum.unpriced, 1U);
  });
}

}  // namespace
}  // namespace holdfast
