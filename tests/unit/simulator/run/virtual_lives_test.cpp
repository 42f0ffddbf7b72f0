// Runs in which the subject dies and lives again.
#include "simulator/run/virtual_lives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "simulator/scenario/parse_json.h"
#include "tests/unit/simulator/run/virtual_play.h"

namespace holdfast::run {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// 500 records/s for a second and a half, of which the middle is under `process` events.
scenario::Scenario scenario_with(const std::string& process, const std::string& upstream = "[]") {
  auto parsed = scenario::parse_scenario(R"({
    "version": 1, "name": "lives", "seed": 3,
    "load": { "producers": 2, "arrival": "poisson", "rate": "500/s" },
    "disk": { "latency": "100us" }, "upstream": { "latency": "1ms" },
    "subject": { "kind": "holdfast", "options": {
      "spool": { "segment_bytes": "16KiB" }, "usage": { "directory": "usage", "flush_interval": "100ms" },
      "delivery": { "backoff": { "max": "100ms" }, "breaker": { "open_time": "50ms", "max_open_time": "100ms" } } } },
    "phases": [ { "name": "warm-up", "for": "200ms" },
                { "name": "stress", "for": "800ms", "process": )" +
                                             process + R"(, "upstream": )" + upstream + R"( },
                { "name": "recovery", "for": "500ms" } ],
    "limits": { "recover": "400ms", "drain": "3s" }
  })",
                                         "lives.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

std::uint64_t calls_in_life(const FinishedRun& finished, std::uint8_t life) {
  std::uint64_t calls = 0;
  for (std::uint64_t i = 0; i < finished.ledger->size(); ++i) {
    const auto& entry = finished.ledger->entry(i);
    calls +=
        entry.outcome.load() != oracle::CallOutcome::unissued && entry.incarnation.load() == life ? 1 : 0;
  }
  return calls;
}

const std::string kThreeKills =
    R"([ { "name": "k", "kill": { "at": "50ms", "down": "100ms", "times": 3, "every": "200ms" } } ])";

TEST(VirtualLives, WhatAKilledLifeReportedDurableIsFoundByTheNext) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto finished = played(scenario_with(kThreeKills), seed);
    EXPECT_EQ(broken(*finished), "") << "seed " << seed;
    const auto books = oracle::account(finished->record);
    EXPECT_EQ(books.unaccounted, 0U);
    EXPECT_GT(books.unissued, 50U) << "a fifth of the time nobody was there to be called";
    EXPECT_EQ(books.delivered + books.unissued + books.lost_crash, books.offered);
  }
}

TEST(VirtualLives, EachLifeCallsUnderItsNumberAndTheBooksAreTheLastOnes) {
  const auto finished = played(scenario_with(kThreeKills));
  const auto& record = finished->record;
  ASSERT_EQ(record.ended_lives.size(), 3U);
  EXPECT_EQ(record.ended_lives.at(1).at, 450ms);
  EXPECT_TRUE(record.killed(2));
  EXPECT_FALSE(record.killed(3));
  EXPECT_EQ(record.fired.at("k"), 3U);
  for (std::uint8_t life = 0; life < 4; ++life) EXPECT_GT(calls_in_life(*finished, life), 30U);
  ASSERT_TRUE(record.stats && record.closed);
  EXPECT_EQ(record.stats->offered, calls_in_life(*finished, 3));
}

TEST(VirtualLives, AnOrderlyRestartLosesNothing) {
  const auto finished = played(scenario_with(
      R"([ { "name": "r", "restart": { "at": "50ms", "down": "150ms", "times": 3, "every": "200ms" } } ])",
      R"([ { "name": "away", "effect": { "outage": "refuse" } } ])"));
  EXPECT_EQ(broken(*finished), "");
  for (const auto& [life, end] : finished->record.ended_lives) EXPECT_FALSE(end.killed) << life;
  EXPECT_EQ(finished->record.ended_lives.size(), 3U);
  EXPECT_EQ(oracle::account(finished->record).loss_counted(), 0U);
}

// Its upstream hangs, so close() waits for the request under way.
TEST(VirtualLives, WhoHasNotStoppedInTimeIsKilled) {
  const auto finished =
      played(scenario_with(R"([ { "name": "r", "restart": { "at": "100ms", "down": "1ms" } } ])",
                           R"([ { "name": "hangs", "effect": { "outage": "hang" } } ])"));
  EXPECT_EQ(broken(*finished), "");
  ASSERT_EQ(finished->record.ended_lives.size(), 1U);
  EXPECT_TRUE(finished->record.killed(0));
}

std::string kill_before(std::uint64_t operation) {
  return R"([ { "name": "k", "kill": { "operation": )" + std::to_string(operation) +
         R"(, "down": "20ms" } } ])";
}

TEST(VirtualLives, AKillBeforeAnOperationBreaksNoLaw) {
  const auto calm = played(scenario_with("[]"));
  const auto in_stress = calm->operations_in_phases.at(1);
  ASSERT_GT(in_stress, 100U);
  for (std::uint64_t operation = 1; operation <= in_stress; operation += 7) {
    const auto finished = played(scenario_with(kill_before(operation)));
    EXPECT_EQ(broken(*finished), "") << "before operation " << operation;
    EXPECT_EQ(finished->record.fired.at("k"), 1U) << operation;
  }
}

std::string power_cut(const std::string& when) {
  return R"([ { "name": "dark", "power_cut": { )" + when + R"( } } ])";
}

TEST(VirtualLives, WhatWasReportedDurableIsThereAfterAPowerCut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto finished = played(
        scenario_with(power_cut(R"("at": "50ms", "down": "100ms", "times": 3, "every": "200ms")")), seed);
    EXPECT_EQ(broken(*finished), "") << "seed " << seed;
    EXPECT_EQ(finished->record.fired.at("dark"), 3U);
    EXPECT_EQ(finished->record.ended_lives.size(), 3U);
  }
}

TEST(VirtualLives, APowerCutBeforeAnOperationBreaksNoLaw) {
  const auto in_stress = played(scenario_with("[]"))->operations_in_phases.at(1);
  for (std::uint64_t operation = 1; operation <= in_stress; operation += 7) {
    const auto event = R"("operation": )" + std::to_string(operation) + R"(, "down": "20ms")";
    const auto finished = played(scenario_with(power_cut(event)));
    EXPECT_EQ(broken(*finished), "") << "before operation " << operation;
    EXPECT_EQ(finished->record.fired.at("dark"), 1U) << operation;
  }
}

// On a slow disk there is always a sync under way: a kill lets it arrive, and what a power cut leaves of it
// the next life finds and its trace shows.
TEST(VirtualLives, APowerCutLosesWhatAKillLeaves) {
  const auto hash = [](const std::string& event, int at) {
    auto scenario = scenario_with(R"([ { "name": "k", ")" + event + R"(": { "down": "50ms", "at": ")" +
                                  std::to_string(at) + R"(ms" } } ])");
    scenario.disk.latency = 20ms;
    return *played(scenario)->record.trace_hash;
  };
  int differ = 0;
  for (int at = 50; at < 550; at += 50) differ += hash("kill", at) != hash("power_cut", at) ? 1 : 0;
  EXPECT_GT(differ, 2);
}

TEST(VirtualLives, OperationsAreCountedFromTheStartOfThePhaseOverTheWholeRun) {
  const auto calm = played(scenario_with("[]"));
  const auto& counts = calm->operations_in_phases;
  EXPECT_EQ(counts.size(), 4U) << "what follows the last phase is counted too";
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), calm->operations);
  const auto early = played(scenario_with(kill_before(1)));
  EXPECT_LT(early->record.ended_lives.at(0).at - 200ms, 20ms) << "soon after the phase began";
}

TEST(VirtualLives, AnOperationThatNeverComesInItsPhaseIsNoEvent) {
  const auto finished = played(scenario_with(kill_before(1'000'000)));
  EXPECT_TRUE(finished->record.ended_lives.empty());
  EXPECT_FALSE(finished->record.fired.contains("k"));
  const auto judgement = oracle::evaluate(finished->record, nullptr).judgement;
  EXPECT_EQ(judgement.verdict, oracle::RunVerdict::invalid);
  EXPECT_THAT(judgement.reasons.at(0), HasSubstr("the fault 'k' never fired"));
}

TEST(VirtualLives, TheSameSeedGivesTheSameTraceAndAnotherInstantAnother) {
  const auto hash = [](const std::string& process) {
    return *played(scenario_with(process))->record.trace_hash;
  };
  EXPECT_EQ(hash(kThreeKills), hash(kThreeKills));
  EXPECT_EQ(hash(kill_before(40)), hash(kill_before(40)));
  EXPECT_NE(hash(kill_before(40)), hash(kill_before(41)));
}

}  // namespace
}  // namespace holdfast::run
