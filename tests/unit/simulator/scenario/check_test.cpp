#include "simulator/scenario/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What check_scenario() says about the small scenario with these changes.
std::string refusal(const std::vector<std::string>& overrides) {
  const auto scenario = small(overrides);
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario ? error_of(check_scenario(*scenario)) : "";
}

TEST(CheckScenario, AcceptsWhatCanBeJudged) { EXPECT_EQ(refusal({}), ""); }

TEST(CheckScenario, RefusesARecoveryPhaseThatIsTooShort) {
  EXPECT_EQ(refusal({"phases.recovery.for=30s"}), "") << "20s + 10s is just enough";
  EXPECT_THAT(refusal({"phases.recovery.for=29s"}),
              AllOf(StartsWith("dir/small.json:11: recovery lasts 29s"), HasSubstr("30s"),
                    HasSubstr("limit of 20s"), HasSubstr("window of 10s")));
  EXPECT_THAT(refusal({"expect.0=recovery.time <= 25s"}), HasSubstr("limit of 25s"));
}

TEST(CheckScenario, TheLiveTierNeedsAShorterWindow) {
  EXPECT_EQ(refusal({"tier=live", "limits.recover=4s", "phases.recovery.for=6s"}), "");
  EXPECT_THAT(refusal({"tier=live", "limits.recover=4s", "phases.recovery.for=5s"}),
              HasSubstr("window of 2s"));
}

TEST(CheckScenario, RefusesAScenarioThatEndsWithAFault) {
  EXPECT_THAT(refusal({R"(phases.recovery.upstream=[{"name":"x","effect":{"error_rate":0.1}}])"}),
              HasSubstr("the last phase \"recovery\" has faults"));
}

// The law of liveness judges it too: a recovery that is too short could never fail.
TEST(CheckScenario, AClosedLoadNeedsItsRecoveryAsWell) {
  EXPECT_THAT(refusal({"load.arrival=closed", "phases.recovery.for=1s", "expect.0=retention.calls >= 10%"}),
              HasSubstr("recovery lasts 1s but judging it needs"));
}

// What fired is counted by name.
TEST(CheckScenario, RefusesTwoFaultsOfOneName) {
  EXPECT_THAT(refusal({"phases.stress.upstream.0.name=volume fills"}),
              HasSubstr("there are two faults named \"volume fills\""));
}

TEST(CheckScenario, RefusesFaultsThatCannotFire) {
  EXPECT_THAT(refusal({"phases.stress.upstream.away.when={\"from\": \"2s\", \"to\": \"3s\"}"}),
              HasSubstr("the fault \"away\" cannot fire"));
  EXPECT_THAT(refusal({"phases.stress.disk.0.when={\"from\": \"5s\"}"}),
              HasSubstr("the fault \"volume fills\" cannot fire: its window opens at 5s"));
  EXPECT_THAT(refusal({"phases.stress.disk.0.effect={\"latency\": \"0s\"}"}), HasSubstr("its latency is 0"));
  EXPECT_THAT(refusal({"phases.stress.process.crash.kill.at=2s"}),
              HasSubstr("is not over when phase \"stress\" ends"));
  EXPECT_THAT(refusal({R"(phases.stress.process=[{"name":"a","kill":{"at":"0s","down":"1s"}},
                                                 {"name":"b","kill":{"at":"500ms"}}])"}),
              HasSubstr("the kill \"b\" cannot fire"));
}

TEST(CheckScenario, RefusesDamageAtRestBeforeAnythingIsThere) {
  const std::string damage = R"({"corrupt": {"on": "rest", "with": "zeros"}})";
  EXPECT_EQ(refusal({"phases.stress.disk.0.effect=" + damage}), "");
  EXPECT_THAT(refusal({R"(phases.warm-up.disk=[{"name": "rot", "effect": )" + damage + "}]"}),
              HasSubstr("the fault \"rot\" cannot fire: nothing is on the disk yet"));
  EXPECT_EQ(refusal({R"(phases.warm-up.disk=[{"name": "rot", "when": {"from": "500ms"}, "effect": )" +
                     damage + "}]"}),
            "");
}

TEST(CheckScenario, RefusesAFaultThatAnotherOneAlwaysForestalls) {
  const auto rules = [](const std::string& first, const std::string& second) {
    return R"(phases.stress.disk=[{"name": "a", )" + first + R"(}, {"name": "b", )" + second + "}]";
  };
  const std::string io = R"("effect": {"error": "EIO"})";
  const std::string of_syncs =
      R"("when": {"op": "fsync", "path": "spool/**"}, "effect": {"error": "EDQUOT"})";
  EXPECT_THAT(refusal({rules(io, of_syncs)}),
              HasSubstr("the fault \"b\" cannot fire: the fault \"a\" before it"));
  EXPECT_EQ(refusal({rules(of_syncs, io)}), "");
  EXPECT_EQ(refusal({rules(R"("when": {"limit": 1}, )" + io, of_syncs)}), "");
  EXPECT_EQ(refusal({rules(R"("when": {"probability": 0.5}, )" + io, of_syncs)}), "");
  EXPECT_EQ(refusal({rules(R"("when": {"to": "1s"}, )" + io, of_syncs)}), "");
}

// Whoever is down or stopped cannot meet the next event.
TEST(CheckScenario, ProcessEventsHappenOneAtATime) {
  EXPECT_EQ(refusal({R"(phases.stress.process=[
      {"name":"a","kill":{"at":"0s","down":"100ms","times":3,"every":"500ms"}},
      {"name":"b","pause":{"at":"200ms","for":"300ms"}},
      {"name":"c","clock_jump":{"at":"1500ms","back":"1h"}}])"}),
            "");
  EXPECT_THAT(refusal({R"(phases.stress.process=[
      {"name":"a","restart":{"at":"0s","down":"100ms","times":3,"every":"500ms"}},
      {"name":"b","pause":{"at":"450ms","for":"100ms"}}])"}),
              HasSubstr("the restart \"a\" cannot fire: at 500ms \"b\" is not over"));
  EXPECT_THAT(refusal({R"(phases.stress.process=[
      {"name":"a","pause":{"at":"0s","for":"200ms","times":2,"every":"100ms"}}])"}),
              HasSubstr("at 100ms \"a\" is not over"));
}

TEST(CheckScenario, AnEventThatWaitsForAnOperationHasItsPhaseForItselfAndIsNoMatterForLive) {
  EXPECT_EQ(refusal({R"(phases.stress.process=[{"name":"a","kill":{"operation":5}}])"}), "");
  EXPECT_THAT(refusal({R"(phases.stress.process=[
      {"name":"a","kill":{"operation":5}}, {"name":"b","pause":{"at":"1s","for":"100ms"}}])"}),
              HasSubstr("the pause \"b\" cannot fire: at 1s \"a\" is not over"));
  EXPECT_THAT(refusal({"tier=live", R"(phases.stress.process=[{"name":"a","kill":{"operation":5}}])"}),
              HasSubstr("it cannot be of the live tier: the process event \"a\" waits for an I/O operation"));
}

TEST(CheckScenario, AFleetIsOfTrackersWithRecordsOfTheirOwn) {
  const std::string third = R"(phases.stress.process=[{"name":"a","kill":{"at":"0s","tracker":3}}])";
  EXPECT_EQ(refusal({"fleet=3", third}), "");
  EXPECT_THAT(refusal({"fleet=2", third}), HasSubstr("is about tracker 3, and the fleet has 2"));
  EXPECT_THAT(refusal({"fleet=2", "load.arrival=closed"}), HasSubstr("a fleet needs an open load"));
  EXPECT_THAT(refusal({"fleet=2", "subject.kind=naive-sync"}), HasSubstr("subjects of kind holdfast"));
  EXPECT_THAT(refusal({"fleet=2", "tier=live"}), HasSubstr("it has a fleet of 2 trackers"));
}

TEST(CheckScenario, NoMoreLivesThanTheLedgerCanTellApart) {
  EXPECT_THAT(refusal({"phases.stress.for=30s", R"(phases.stress.process=[
      {"name":"a","kill":{"at":"0s","down":"1ms","times":250,"every":"10ms"}},
      {"name":"b","kill":{"at":"10s","down":"1ms","times":6,"every":"10ms"}}])"}),
              HasSubstr("more than 255 lives"));
}

TEST(CheckScenario, HostTaskNeedsAProcessThatLives) {
  EXPECT_THAT(refusal({"host={}"}), HasSubstr("the host task dies with the process"));
  EXPECT_EQ(refusal({"host={}", "phases.stress.process=[]", "expect.0=retention.host >= 10%"}), "");
  EXPECT_THAT(refusal({"host={}", "phases.stress.process=[]", "load.arrival=closed"}),
              HasSubstr("needs an open load"));
  EXPECT_THAT(refusal({"expect.0=retention.host >= 10%"}), HasSubstr("the scenario has no \"host\""));
}

TEST(CheckScenario, RefusesMeasuresThatTheSubjectCannotGive) {
  const std::string command = R"(subject={"kind": "command", "command": ["cat"]})";
  EXPECT_EQ(refusal({command}), "");
  for (const char* measure : {"record.p99", "record.undisturbed.p999", "record.max"})
    EXPECT_THAT(refusal({command, "expect.0=" + std::string(measure) + " <= 1s"}),
                HasSubstr("the subject is another program, which has no record()"));
  EXPECT_THAT(
      refusal({command, R"(phases.stress.process=[{"name":"j","clock_jump":{"at":"0s","back":"1h"}}])"}),
      HasSubstr("the clock of another program cannot be moved"));
  EXPECT_EQ(refusal({"subject.kind=naive-sync", "expect.0=record.p99 <= 1s"}), "");
}

TEST(CheckScenario, ProbabilityZeroIsAllowed) {
  EXPECT_EQ(refusal({"phases.stress.upstream.away.effect={\"error_rate\": 0}"}), "");
}

TEST(CheckScenario, RefusesExpectationsThatNobodyCanMeet) {
  EXPECT_THAT(refusal({"expect.0=retention.calls >= 10%"}),
              AllOf(StartsWith("dir/small.json: the expectation"), HasSubstr("needs load.arrival closed")));
  for (const char* expectation : {"oracle_ratio >= 1%", "recovery.time <= 1s"})
    EXPECT_THAT(refusal({"load.arrival=closed", "expect.0=" + std::string(expectation)}),
                HasSubstr("can never be judged"));
}

TEST(CheckScenario, RefusesFaultMeasuresWithoutFaults) {
  const std::string calm = R"(phases=[{"name": "calm", "for": "1s"}])";
  EXPECT_THAT(refusal({calm}), HasSubstr("no phase has a fault"));
  EXPECT_EQ(refusal({calm, "expect.0=loss.unaccounted == 0"}), "") << "the ledger needs none";
}

TEST(CheckScenario, NaiveSeedNeedsAClosedLoad) {
  EXPECT_THAT(refusal({"subject.kind=naive-seed"}), HasSubstr("needs load.arrival closed"));
  EXPECT_EQ(refusal({"subject.kind=naive-seed", "load.arrival=closed", "expect.0=retention.calls >= 10%"}),
            "");
}

TEST(CheckScenario, RefusesALongLiveScenario) {
  EXPECT_THAT(refusal({"tier=live"}), HasSubstr("the phases last 33s; in the live tier at most 15s"));
}

TEST(CheckScenario, RefusesAnEmptyOne) {
  EXPECT_THAT(refusal({"phases=[]"}), HasSubstr("there is no phase"));
}

TEST(CheckScenario, RefusesSeedsInTheWrongOrder) {
  EXPECT_THAT(refusal({"seeds=5..1"}), HasSubstr("seeds run backwards: 5..1"));
  EXPECT_NE(refusal({"seeds=0..1000000"}), "");
  EXPECT_EQ(refusal({"seeds=5..5"}), "");
}

TEST(CheckScenario, RefusesMoreRecordsThanARunCanHold) {
  EXPECT_THAT(refusal({"load.rate=1000000/s"}), HasSubstr("offers more than 20000000 records"));
}

}  // namespace
}  // namespace holdfast::scenario
