#include "simulator/oracle/accounting.h"

#include <gtest/gtest.h>

#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

std::uint64_t sum(const Accounting& b) {
  return b.unissued + b.rejected.total() + b.delivered + b.quarantined + b.expired + b.pending_spool +
         b.pending_memory + b.lost_crash + b.lost_shutdown + b.unaccounted;
}

TEST(Accounting, GivesEveryRecordExactlyOnePlace) {
  TestRun run;
  run.offer(1s);                                                          // 0 unissued
  run.offer(1s).outcome(CallOutcome::rejected_ring_full);                 // 1
  run.offer(1s).outcome(CallOutcome::rejected_too_large);                 // 2
  run.offer(1s).outcome(CallOutcome::rejected_closed);                    // 3
  run.offer(1s).accepted().durable(2s).delivered(3s);                     // 4
  run.offer(1s).accepted().durable(2s).dropped(DropReason::quarantined);  // 5
  run.offer(1s).accepted().durable(2s).dropped(DropReason::expired);      // 6
  run.offer(1s).accepted().durable(2s);                                   // 7 in the spool
  run.offer(1s).accepted().dropped(DropReason::shutdown).in_life(1);      // 8
  run.offer(1s).accepted().in_life(0);                                    // 9 killed
  run.offer(1s).accepted().in_life(1);                                    // 10 in memory
  run.offer(1s).accepted().in_life(1);                                    // 11 nowhere
  run->in_spool = {7};
  run->ended_lives = {{0, {5s}}};
  run.stats().pending_memory = 1;

  const auto books = account(run.record());
  EXPECT_EQ(books.offered, 12U);
  EXPECT_EQ(books.unissued, 1U);
  EXPECT_EQ(books.rejected.ring_full, 1U);
  EXPECT_EQ(books.rejected.too_large, 1U);
  EXPECT_EQ(books.rejected.closed, 1U);
  EXPECT_EQ(books.delivered, 1U);
  EXPECT_EQ(books.quarantined, 1U);
  EXPECT_EQ(books.expired, 1U);
  EXPECT_EQ(books.pending_spool, 1U);
  EXPECT_EQ(books.pending_memory, 1U);
  EXPECT_EQ(books.lost_crash, 1U);
  EXPECT_EQ(books.lost_shutdown, 1U);
  EXPECT_EQ(books.unaccounted, 1U);
  EXPECT_EQ(sum(books), books.offered);
}

TEST(Accounting, TheFirstPlaceInTheOrderCounts) {
  TestRun run;
  run.offer(1s).accepted().durable(2s).delivered(3s).dropped(DropReason::expired);
  run.offer(1s).accepted().durable(2s).dropped(DropReason::expired);
  run->in_spool = {0, 1};
  const auto books = account(run.record());
  EXPECT_EQ(books.places[0], Place::delivered);
  EXPECT_EQ(books.places[1], Place::expired);
  EXPECT_EQ(books.pending_spool, 0U);
}

TEST(Accounting, NeitherKillNorMemoryNorShutdownExcusesALostDurableRecord) {
  TestRun run;
  run.offer(1s).accepted().durable(2s).in_life(0);
  run.offer(1s).accepted().durable(2s).in_life(1);
  run.offer(1s).accepted().durable(2s).in_life(1).dropped(DropReason::shutdown);
  run->ended_lives = {{0, {5s}}};
  run.stats().pending_memory = 10;
  run.stats().lost_shutdown = 10;
  const auto books = account(run.record());
  EXPECT_EQ(books.durable_unplaced, 3U);
  EXPECT_EQ(books.unaccounted, 3U);
  EXPECT_EQ(books.lost_crash, 0U);
}

TEST(Accounting, BelievesTheStatsOnlyAsFarAsTheyGo) {
  TestRun run;
  for (int i = 0; i < 10; ++i) run.offer(1s).accepted();
  run.offer(1s).accepted().dropped(DropReason::shutdown);
  run.stats().pending_memory = 3;
  run.stats().lost_shutdown = 3;  // one of them is known by name
  const auto books = account(run.record());
  EXPECT_EQ(books.pending_memory, 3U);
  EXPECT_EQ(books.lost_shutdown, 3U);
  EXPECT_EQ(books.unaccounted, 5U);
}

TEST(Accounting, ACallCutShortByAKillIsLostAndOneThatHangsIsUnaccounted) {
  TestRun run;
  run.offer(1s).outcome(CallOutcome::calling).in_life(0);
  run.offer(1s).outcome(CallOutcome::calling).in_life(1);
  run->ended_lives = {{0, {5s}}};
  const auto books = account(run.record());
  EXPECT_EQ(books.lost_crash, 1U);
  EXPECT_EQ(books.unaccounted, 1U);
}

// An orderly stop excuses nothing: whoever was not killed must say what became of each record.
TEST(Accounting, ALifeThatStoppedInOrderLosesOnlyWhatItNames) {
  TestRun run;
  run.offer(1s).accepted().in_life(0);
  run.offer(1s).accepted().in_life(0).dropped(DropReason::shutdown);
  run.offer(1s).accepted().in_life(1);
  run->ended_lives = {{0, {.at = 5s, .killed = false}}, {1, {.at = 8s, .killed = true}}};
  const auto books = account(run.record());
  EXPECT_EQ(books.unaccounted, 1U);
  EXPECT_EQ(books.lost_shutdown, 1U);
  EXPECT_EQ(books.lost_crash, 1U);
}

TEST(Accounting, ANaiveSubjectsOpenCallIsUnansweredUnlessItWasDelivered) {
  TestRun run;
  run->scenario.subject.kind = scenario::SubjectKind::naive_seed;
  run.offer(1s).outcome(CallOutcome::calling);
  run.offer(1s).outcome(CallOutcome::calling).delivered(2s);
  run.offer(1s).outcome(CallOutcome::failed);
  const auto books = account(run.record());
  EXPECT_EQ(books.rejected.unanswered, 1U);
  EXPECT_EQ(books.rejected.failed, 1U);
  EXPECT_EQ(books.delivered, 1U);
  EXPECT_EQ(books.loss_counted(), 2U);
}

TEST(Accounting, CountsRepeatedDeliveriesAndStrangers) {
  TestRun run;
  run.offer(1s).accepted().delivered(2s, 3);
  run.offer(1s).accepted().delivered(2s, 1);
  run.offer(1s).outcome(CallOutcome::rejected_ring_full).delivered(2s);
  run->in_spool = {99};
  const auto books = account(run.record());
  EXPECT_EQ(books.deliveries_repeated, 2U);
  EXPECT_EQ(books.strangers_in_spool, 1U);
  EXPECT_EQ(books.refused_yet_taken, 1U);
}

}  // namespace
}  // namespace holdfast::oracle
