#include "simulator/scenario/parse_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ParseScenario, ReadsEveryPart) {
  const auto scenario = parse_scenario(R"({
    // comments are fine
    "$schema": "x", "version": 1, "name": "all", "why": "because", "seed": 42, "seeds": "1..20", "tier": "live",
    "load": { "producers": 3, "arrival": "closed", "think": "1ms", "record": "usage" },
    "disk": { "latency": "100us", "capacity": "1GiB" },
    "upstream": { "latency": "2ms", "concurrency": 8 },
    "subject": { "kind": "naive-seed", "options": { "spool": { "commit_records": 7 } } },
    "phases": [ { "name": "stress", "for": "1.5s",
      "disk": [ { "name": "d", "when": { "op": "fsync", "path": "spool/**", "probability": 0.05 }, "effect": { "error": "EIO" } } ],
      "upstream": [ { "name": "u", "when": { "from": "1s", "to": "2s" }, "effect": { "outage": "hang" } },
                    { "name": "v", "effect": { "latency": "49ms" } }, { "name": "w", "effect": { "error_rate": 0.25 } } ],
      "process": [ { "name": "k", "kill": { "at": "1s", "down": "200ms" } } ] } ],
    "limits": { "recover": "3s", "drain": "4s" },
    "expect": [ "retention.calls >= 10%", "recovery.time < 2s" ] })",
                                       "a/all.json");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->name, "all");
  EXPECT_EQ(scenario->why, "because");
  EXPECT_EQ(scenario->file, "a/all.json");
  EXPECT_EQ(scenario->seed, 42U);
  EXPECT_EQ(scenario->seeds->last, 20U);
  EXPECT_TRUE(scenario->live_tier);
  EXPECT_EQ(scenario->load.producers, 3U);
  EXPECT_EQ(scenario->load.arrival, Arrival::closed);
  EXPECT_EQ(scenario->load.think, 1ms);
  EXPECT_EQ(scenario->disk.latency, 100us);
  EXPECT_EQ(scenario->disk.capacity, 1ULL << 30);
  EXPECT_EQ(scenario->upstream.latency, 2ms);
  EXPECT_EQ(scenario->upstream.concurrency, 8U);
  EXPECT_EQ(scenario->subject.kind, SubjectKind::naive_seed);
  EXPECT_EQ(scenario->subject.options.spool.commit_records, 7U);
  ASSERT_EQ(scenario->phases.size(), 1U);
  const Phase& phase = scenario->phases[0];
  EXPECT_EQ(phase.length, 1'500ms);
  EXPECT_EQ(phase.disk.rules.at(0).when.probability, 50'000'000U);
  EXPECT_EQ(phase.upstream.at(0).effect.outage, upstream::Outage::hang);
  EXPECT_EQ(phase.upstream.at(0).from, 1s);
  EXPECT_EQ(phase.upstream.at(1).effect.latency, 49ms);
  EXPECT_EQ(phase.upstream.at(2).effect.error_rate, 250'000'000U);
  EXPECT_EQ(phase.process.at(0).lasts, 200ms);
  EXPECT_EQ(scenario->limits.recover, 3s);
  EXPECT_EQ(scenario->expect.at(1).comparator, Comparator::less);
  EXPECT_EQ(scenario->expect.at(1).value, 2.0);
  EXPECT_EQ(scenario->expect.at(0).line, 14U);
  EXPECT_EQ(phase.line, 8U);
}

TEST(ParseScenario, ReadsEveryProcessEvent) {
  const auto scenario = small({R"(phases.stress.process=[
      {"name": "killed", "kill": {"at": "1ms"}},
      {"name": "deployed", "restart": {"at": "2ms", "down": "3ms", "times": 4, "every": "5ms"}},
      {"name": "frozen", "pause": {"at": "6ms", "for": "7ms"}},
      {"name": "synchronised", "clock_jump": {"at": "8ms", "back": "1h", "for": "9ms"}},
      {"name": "ahead", "clock_jump": {"at": "10ms", "forward": "1m"}},
      {"name": "dark", "power_cut": {"at": "11ms", "times": 2, "every": "1s"}},
      {"name": "precise", "kill": {"operation": 250, "down": "1s"}}])"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto& events = scenario->phases[1].process;
  EXPECT_EQ(events[0].action, ProcessAction::kill);
  EXPECT_EQ(events[1].action, ProcessAction::restart);
  EXPECT_EQ(events[1].times, 4U);
  EXPECT_EQ(spans_of(events[1], 1s).back().from, 17ms);
  EXPECT_EQ(spans_of(events[1], 1s).back().to, 20ms);
  EXPECT_EQ(events[2].lasts, 7ms);
  EXPECT_EQ(events[3].shift, -1h);
  EXPECT_EQ(events[4].shift, 1min);
  EXPECT_EQ(spans_of(events[4], 1s).back().to, 1s) << "until the phase ends";
  EXPECT_EQ(events[5].action, ProcessAction::power_cut);
  EXPECT_EQ(events[5].lasts, 100ms);
  EXPECT_EQ(events[6].operation, 250U);
  EXPECT_EQ(events[6].lasts, 1s);
  EXPECT_EQ(spans_of(events[6], 5s).back().to, 5s) << "nobody knows when it comes";
}

TEST(ParseScenario, SaysWhatIsWrongWithAProcessEvent) {
  const auto complaint = [](const std::string& event) {
    return error_of(small({"phases.stress.process.0=" + event}));
  };
  EXPECT_THAT(complaint(R"({"name": "x"})"), HasSubstr("exactly one of"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"at": "1s"}, "pause": {"at": "1s", "for": "1s"}})"),
              HasSubstr("exactly one of"));
  EXPECT_THAT(complaint(R"({"name": "x", "pause": {"at": "1s"}})"), HasSubstr("\"for\" is missing"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"at": "1s", "times": 2}})"),
              HasSubstr("\"every\" is missing"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"at": "1s", "every": "2s"}})"),
              HasSubstr("it happens once"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"at": "1s", "operation": 5}})"),
              HasSubstr("leave one of the two out"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"operation": 5, "times": 2, "every": "1s"}})"),
              HasSubstr("which comes once"));
  EXPECT_THAT(complaint(R"({"name": "x", "kill": {"operation": 0}})"), HasSubstr("from 1 to 1000000000"));
  EXPECT_THAT(complaint(R"({"name": "x", "power_cut": {"at": "1s", "tracker": 1}})"),
              HasSubstr("\"tracker\""));
  EXPECT_THAT(complaint(R"({"name": "x", "restart": {"operation": 5}})"), HasSubstr("\"operation\""));
  EXPECT_THAT(complaint(R"({"name": "x", "clock_jump": {"at": "1s"}})"), HasSubstr("either"));
  EXPECT_THAT(complaint(R"({"name": "x", "clock_jmup": {"at": "1s"}})"),
              HasSubstr("did you mean \"clock_jump\"?"));
}

TEST(ParseScenario, ARuleWaitsForOneOfItsPhase) {
  const auto rules = with(R"("effect": { "full": { "left": "1MiB" } } } ],)",
                          R"("when": { "after": "sync fails" }, "effect": { "latency": "1s" } },
                          { "name": "sync fail", "effect": { "error": "EIO" } } ],)");
  EXPECT_THAT(error_of(rules), HasSubstr("dir/small.json:8:62: "));
  EXPECT_THAT(error_of(rules), HasSubstr(R"(no rule is named "sync fails")"));
  EXPECT_THAT(error_of(rules), HasSubstr(R"(did you mean "sync fail"?)"));
}

TEST(ParseScenario, ACommandBelongsToItsKindAndRunsWhereItsFileIs) {
  const auto scenario = small({R"(subject={"kind": "command", "command": ["python3", "tracker.py"]})"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->subject.command, (std::vector<std::string>{"python3", "tracker.py"}));
  EXPECT_EQ(scenario->subject.command_directory, "dir");
  EXPECT_THAT(error_of(small({"subject.kind=command"})), HasSubstr("\"command\" is missing"));
  EXPECT_THAT(error_of(small({R"(subject={"command": ["cat"]})"})), HasSubstr("only the subject kind"));
}

TEST(ParseScenario, LeavesDefaultsWhereTheFileIsSilent) {
  const auto scenario = small();
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->seed, Scenario{}.seed);
  EXPECT_FALSE(scenario->seeds);
  EXPECT_EQ(scenario->limits.recover, Limits{}.recover);
  EXPECT_EQ(scenario->subject.kind, SubjectKind::holdfast);
  EXPECT_EQ(scenario->phases[1].process[0].lasts, 100ms);
}

TEST(ParseScenario, PointsAtAMisspeltKeyAndNamesTheNearest) {
  EXPECT_THAT(error_of(with("\"producers\"", "\"producer\"")),
              AllOf(StartsWith("dir/small.json:4:13: found the unknown key \"producer\""),
                    HasSubstr("did you mean \"producers\"?"), HasSubstr("arrival")));
  EXPECT_THAT(error_of(with("\"outage\"", "\"outtage\"")),
              AllOf(StartsWith("dir/small.json:9:"), HasSubstr("did you mean \"outage\"?")));
  EXPECT_THAT(error_of(with("\"full\"", "\"ful\"")),
              AllOf(StartsWith("dir/small.json:8:55: "), HasSubstr("did you mean \"full\"?")));
  EXPECT_THAT(error_of(with("\"poisson\"", "\"poison\"")),
              AllOf(StartsWith("dir/small.json:4:40: found the text \"poison\""),
                    HasSubstr("did you mean \"poisson\"?")));
  EXPECT_THAT(error_of(with("retention.durable", "retention.durabel")),
              AllOf(StartsWith("dir/small.json:13:15: "), HasSubstr("did you mean \"retention.durable\"?")));
}

TEST(ParseScenario, NamesTheNearestKeyOfAnOption) {
  const auto scenario = parse_scenario(
      "{\"version\": 1, \"name\": \"x\", \"phases\": [],\n"
      " \"subject\": {\"options\": {\"spool\": {\"segment_byte\": \"1MiB\"}}}}",
      "x.json");
  EXPECT_THAT(error_of(scenario),
              AllOf(StartsWith("x.json:2:36: "), HasSubstr("did you mean \"segment_bytes\"?")));
}

TEST(ParseScenario, ReportsAllMistakesInOrderOfTheFile) {
  const auto scenario =
      parse_scenario("{\"version\": 2,\n\"name\": 5,\n\"phases\": [{\"name\": \"a\"}],\n\"sede\": 1}", "x");
  const std::string message = error_of(scenario);
  EXPECT_THAT(message, StartsWith("x:1:13: found the number 2"));
  EXPECT_THAT(message, HasSubstr("\nx:2:9: found the number 5"));
  EXPECT_THAT(message, HasSubstr("\nx:3:12: the key \"for\" is missing"));
  EXPECT_THAT(message, HasSubstr("\nx:4:1: found the unknown key \"sede\""));
}

TEST(ParseScenario, StopsReportingAtTwenty) {
  std::string text = "{\"version\": 1, \"name\": \"x\", \"phases\": []";
  for (int i = 0; i < 25; ++i) text += ", \"zzz" + std::to_string(i) + "\": 1";
  const std::string message = error_of(parse_scenario(text + "}", "x"));
  EXPECT_EQ(std::ranges::count(message, '\n'), 20);
  EXPECT_THAT(message, HasSubstr("and 5 more"));
}

TEST(ParseScenario, RefusesWhatNoScenarioHas) {
  EXPECT_NE(error_of(with("\"100/s\"", "100")), "") << "a rate has a unit";
  EXPECT_NE(error_of(with("\"100/s\"", "\"0/s\"")), "");
  EXPECT_NE(error_of(with("\"producers\": 2", "\"producers\": 0")), "");
  EXPECT_NE(error_of(with("\"for\": \"1s\"", "\"for\": \"0s\"")), "");
  EXPECT_NE(error_of(with("\"for\": \"1s\"", "\"for\": 1")), "");
  EXPECT_NE(error_of(with("\"to\": \"2s\"", "\"to\": \"1s\"")), "");
  EXPECT_NE(error_of(with("\"outage\": \"refuse\"", "")), "") << "an effect is needed";
  EXPECT_NE(error_of(with("\"outage\": \"refuse\"", "\"outage\": \"refuse\", \"latency\": \"1s\"")), "");
  EXPECT_NE(error_of(with("\"refuse\"", "\"refuze\"")), "");
  EXPECT_NE(error_of(with("{ \"at\": \"1s\" }", "{}")), "");
  EXPECT_NE(error_of(with("\"warm-up\"", "\"stress\"")), "") << "phases are told apart by name";
  EXPECT_NE(error_of(with("\"warm-up\"", "\"7\"")), "") << "a number is an index";
  EXPECT_NE(error_of(with("\"poisson\"", "\"poisson\", \"trace\": \"x.csv\"")), "");
  EXPECT_NE(error_of(with("\"poisson\"", "\"trace\"")), "") << "which trace?";
  EXPECT_NE(error_of(with("\"name\": \"small\",", "")), "");
  EXPECT_NE(error_of(with("\"version\": 1,", "")), "");
  EXPECT_NE(error_of(parse_scenario("[]", "x")), "");
  EXPECT_NE(error_of(parse_scenario("{\"seeds\": \"1-20\"}", "x")), "");
}

TEST(ParseScenario, RefusesOptionsThatTheRunFillsIn) {
  EXPECT_THAT(error_of(small({"subject.options.spool.directory=/tmp/x"})),
              StartsWith("--set subject.options.spool.directory: the run itself"));
  EXPECT_NE(error_of(small({"subject.options.spool.backup_directory=/tmp/x"})), "");
  EXPECT_NE(error_of(small({"subject.options.delivery.endpoint=http://x"})), "");
}

TEST(ParseScenario, FallbackLocationsLieBesideTheSpool) {
  EXPECT_FALSE(small()->subject.fallback_locations);
  auto scenario = small({"subject.fallback_locations=true"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  scenario->subject.place("/mnt", "http://x");
  const std::vector<std::string> three{"/mnt/spool", "/mnt/backup", "/mnt/emergency"};
  EXPECT_EQ(scenario->subject.options.spool.directories(), three);
  auto alone = small();
  alone->subject.place("/mnt", "http://x");
  EXPECT_EQ(alone->subject.options.spool.directories(), std::vector<std::string>{"/mnt/spool"});
  EXPECT_NE(error_of(small({"subject.fallback_locations=2"})), "");
}

TEST(ParseScenario, ResolvesATraceAgainstTheScenarioOrTheCurrentDirectory) {
  const auto from_file = with("\"arrival\": \"poisson\"", "\"trace\": \"../data/x.csv\"");
  ASSERT_TRUE(from_file) << from_file.error().message;
  EXPECT_EQ(from_file->load.arrival, Arrival::trace);
  EXPECT_EQ(from_file->load.trace, "data/x.csv");
  const auto from_set = small({"load.trace=../data/x.csv"});
  ASSERT_TRUE(from_set) << from_set.error().message;
  EXPECT_EQ(from_set->load.arrival, Arrival::trace);
  EXPECT_EQ(from_set->load.trace, "../data/x.csv");
}

TEST(LoadScenario, NamesAFileThatIsNotThere) {
  const auto scenario = load_scenario("no/such/file.json");
  EXPECT_THAT(error_of(scenario), HasSubstr("no/such/file.json"));
  EXPECT_EQ(scenario.error().code, Code::not_found);
  EXPECT_EQ(load_scenario(HOLDFAST_SOURCE_DIR).error().code, Code::wrong_kind);
}

}  // namespace
}  // namespace holdfast::scenario
