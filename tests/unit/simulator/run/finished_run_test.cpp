#include "simulator/run/finished_run.h"

#include <gtest/gtest.h>

namespace holdfast::run {
namespace {

using std::chrono::seconds;

TEST(PlaceSubject, PutsRelativeUsageDirectoriesIntoTheMountAndLeavesTheOthers) {
  Options options;
  place_subject(options, "/mnt", "http://host");
  EXPECT_EQ(options.spool.directory, "/mnt/spool");
  EXPECT_EQ(options.delivery.endpoint, "http://host");
  EXPECT_EQ(options.usage.directory, "") << "none is kept unless asked for";
  options.usage.directory = "usage";
  options.usage.emergency_directory = "/elsewhere";
  place_subject(options, "/mnt", "http://host");
  EXPECT_EQ(options.usage.directory, "/mnt/usage");
  EXPECT_EQ(options.usage.backup_directory, "");
  EXPECT_EQ(options.usage.emergency_directory, "/elsewhere");
}

TEST(NoteDelivery, CountsRepeatsAndKeepsTheFirstInstant) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 2}, false);
  note_delivery(*ledger, Duration(200), {{7, 1}, 2}, true);
  EXPECT_EQ(ledger->entry(2).delivered_ns.load(), 101);
  EXPECT_EQ(ledger->entry(2).deliveries.load(), 2U);
  EXPECT_FALSE(ledger->entry(2).second_key.load());
}

TEST(NoteDelivery, AnotherKeyForTheSameRecordIsNoticed) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 2}, false);
  note_delivery(*ledger, Duration(200), {{7, 9}, 2}, false);
  EXPECT_TRUE(ledger->entry(2).second_key.load());
}

TEST(NoteDelivery, ReferenceThatNobodyOfferedIsIgnored) {
  auto ledger = oracle::Ledger::in_memory(4);
  note_delivery(*ledger, Duration(100), {{7, 1}, 99}, false);
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(ledger->entry(i).deliveries.load(), 0U);
}

TEST(BoundsSampler, KeepsTheHighestOfEach) {
  scenario::Scenario scenario;
  scenario.subject.options.spool.max_bytes = 1000;
  BoundsSampler sampler(scenario);
  sampler.sample({.pending_memory = 5, .spool_bytes = 700});
  sampler.sample({.pending_memory = 3, .spool_bytes = 900});
  const auto bounds = sampler.bounds();
  EXPECT_EQ(bounds[0].highest, 900U);
  EXPECT_EQ(bounds[0].limit, 1000U);
  EXPECT_EQ(bounds[1].highest, 5U);
}

TEST(LedgerCapacity, ClosedLoopsGetRoomForTheFastestPossible) {
  scenario::Scenario scenario;
  scenario.load.arrival = scenario::Arrival::closed;
  scenario.load.producers = 2;
  scenario.load.think = std::chrono::milliseconds(1);
  scenario.phases.push_back({.name = "only", .length = seconds(1)});
  EXPECT_EQ(ledger_capacity(scenario, {}), 2002U);
}

}  // namespace
}  // namespace holdfast::run
