// Runs of several trackers against one upstream.
#include "simulator/run/virtual_fleet.h"

#include <gtest/gtest.h>

#include "simulator/scenario/parse_json.h"
#include "tests/unit/simulator/run/virtual_play.h"

namespace holdfast::run {
namespace {

using namespace std::chrono_literals;

scenario::Scenario fleet_of(int trackers, const std::string& process = "[]") {
  auto parsed = scenario::parse_scenario(
      R"({
    "version": 1, "name": "fleet", "seed": 3, "fleet": )" +
          std::to_string(trackers) + R"(,
    "load": { "producers": 2, "arrival": "poisson", "rate": "100/s" },
    "disk": { "latency": "100us" }, "upstream": { "latency": "1ms" },
    "subject": { "kind": "holdfast", "options": {
      "spool": { "segment_bytes": "16KiB" }, "usage": { "directory": "usage", "flush_interval": "100ms" },
      "delivery": { "backoff": { "max": "100ms" }, "breaker": { "open_time": "50ms", "max_open_time": "100ms" } } } },
    "phases": [ { "name": "warm-up", "for": "200ms" },
                { "name": "stress", "for": "1s", "process": )" +
          process + R"(,
                  "upstream": [ { "name": "away", "effect": { "outage": "refuse" } } ] },
                { "name": "recovery", "for": "500ms" } ],
    "limits": { "recover": "400ms", "drain": "3s" }
  })",
      "fleet.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

TEST(VirtualFleet, EachTrackerHasItsRecordsItsDirectoryAndAShareOfTheUpstream) {
  const auto finished = played(fleet_of(3));
  const auto& record = finished->record;
  EXPECT_EQ(broken(*finished), "");
  ASSERT_EQ(record.fleet.size(), 3U);
  EXPECT_EQ(record.tracker_of(0), 0U);
  EXPECT_EQ(record.tracker_of(record.fleet[2].first_reference), 2U);
  EXPECT_EQ(record.tracker_of(record.fleet[2].first_reference - 1), 1U);
  std::uint64_t sent = 0;
  for (const auto& tracker : record.fleet) {
    EXPECT_GT(tracker.attempts.total().distinct, 100U);
    sent += tracker.attempts.total().records;
  }
  EXPECT_EQ(sent, record.attempts->total().records);
  for (const auto& frame : record.frames)
    for (const auto reference : frame.references)
      EXPECT_TRUE(frame.path.starts_with("tracker-" + std::to_string(record.tracker_of(reference) + 1) + "/"))
          << frame.path;
  EXPECT_EQ(record.usage_records, oracle::account(record).offered);
  EXPECT_EQ(record.stats->offered, oracle::account(record).offered);
}

TEST(VirtualFleet, AnEventMayConcernOneOfThem) {
  const auto finished = played(fleet_of(
      3,
      R"([ { "name": "k", "kill": { "at": "100ms", "down": "300ms", "tracker": 2, "times": 2, "every": "400ms" } } ])"));
  const auto& record = finished->record;
  EXPECT_EQ(broken(*finished), "");
  ASSERT_EQ(record.ended_lives.size(), 2U);
  EXPECT_EQ(record.ended_lives.at(1).tracker, 1U) << "its first life is number 1";
  EXPECT_EQ(record.ended_lives.at(3).tracker, 1U) << "its second began when three had begun";
  for (std::uint64_t i = 0; i < record.ledger.size(); ++i) {
    const bool unissued = record.ledger.entry(i).outcome.load() == oracle::CallOutcome::unissued;
    EXPECT_TRUE(!unissued || record.tracker_of(i) == 1) << i;
  }
}

TEST(VirtualFleet, OrAllOfThem) {
  const auto finished =
      played(fleet_of(3, R"([ { "name": "k", "kill": { "operation": 40, "down": "100ms" } } ])"));
  EXPECT_EQ(broken(*finished), "");
  EXPECT_EQ(finished->record.ended_lives.size(), 3U);
  EXPECT_TRUE(finished->record.killed(0) && finished->record.killed(2));
}

TEST(VirtualFleet, AmplificationAndOvershootAreToldForEach) {
  const auto scenario = fleet_of(3);
  const auto finished = played(scenario), twin = played(scenario::twin_of(scenario));
  const auto result = oracle::evaluate(finished->record, &twin->record);
  ASSERT_EQ(result.measures.trackers.size(), 3U);
  for (const auto& tracker : result.measures.trackers) {
    EXPECT_GE(tracker.amplification_mean.value_or(0), 1);
    EXPECT_GT(tracker.overshoot.value_or(0), 0);
  }
}

TEST(VirtualFleet, TheSameSeedGivesTheSameTrace) {
  EXPECT_EQ(*played(fleet_of(3))->record.trace_hash, *played(fleet_of(3))->record.trace_hash);
  EXPECT_NE(*played(fleet_of(3))->record.trace_hash, *played(fleet_of(2))->record.trace_hash);
}

}  // namespace
}  // namespace holdfast::run
