// What a user meets before anything runs: help, mistakes, machines that cannot run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/usage/book_json.h"
#include "simulator/cli/commands.h"
#include "tests/end_to_end/program.h"

namespace holdfast::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Test;

std::string write_scenario(const TemporaryDirectory& directory, const std::string& text) {
  const std::string path = directory.path() + "/mine.json";
  std::ofstream(path) << text;
  return path;
}

TEST(CommandLine, EveryCommandHasHelpWithExamplesFirst) {
  for (const auto& command : cli::commands()) {
    const auto run = run_program({holdfast(), std::string(command.name), "--help"});
    EXPECT_EQ(run.exit_code, 0) << command.name;
    EXPECT_TRUE(run.output.starts_with("Examples:\n")) << command.name << ": " << run.output;
  }
}

TEST(CommandLine, UnknownCommandNamesTheNearest) {
  const auto run = run_program({holdfast(), "gat"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.output.find("did you mean \"gate\""), std::string::npos) << run.output;
}

TEST(CommandLine, UnknownOptionIsAMistakeAndAbbreviationsAreNotGuessed) {
  EXPECT_EQ(run_program({holdfast(), "run", "--lvie", "x.json"}).exit_code, 3);
  EXPECT_EQ(run_program({holdfast(), "run", "--liv", "x.json"}).exit_code, 3);
  EXPECT_EQ(run_program({holdfast(), "run"}).exit_code, 3);
  EXPECT_EQ(run_program({holdfast(), "run", "--seeds", "-1", source("scenarios/disk/full.json")}).exit_code,
            3);
  EXPECT_EQ(run_program({holdfast(), "run", "--seeds", "5..1", source("scenarios/disk/full.json")}).exit_code,
            3);
}

TEST(CommandLine, MisspeltKeyIsShownWithPlaceAndNearestName) {
  TemporaryDirectory directory;
  const auto path =
      write_scenario(directory, "{\n  \"version\": 1,\n  \"name\": \"mine\",\n  \"phasez\": []\n}\n");
  for (const char* command : {"check", "run", "gate", "explain"}) {
    const auto run = run_program({holdfast(), command, path});
    EXPECT_EQ(run.exit_code, 3) << command;
    EXPECT_NE(run.output.find(path + ":4:3: "), std::string::npos) << run.output;
    EXPECT_NE(run.output.find("did you mean \"phases\"?"), std::string::npos) << run.output;
  }
}

TEST(CommandLine, ShippedScenariosAreValid) {
  const auto run = run_program({holdfast(), "check", source("scenarios")});
  EXPECT_EQ(run.exit_code, 0) << run.output;
}

TEST(CommandLine, InspectSaysWhatIsNotThere) {
  const auto run = run_program({holdfast(), "inspect", "/nowhere/at/all"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.output.find("/nowhere/at/all"), std::string::npos) << run.output;
}

// A usage file as a tracker leaves it, for people and for programs; a damaged one is a failure.
TEST(CommandLine, InspectReadsAUsageDirectory) {
  TemporaryDirectory directory;
  usage::Book book;
  const usage::Bounds bounds;
  book.life(1, bounds).totals.add(usage::kEarlier, {"gpt-4o\x1b[2J", "openai", "chat"},
                                  {.records = 3, .input_tokens = 2436, .cost_nanousd = 1'234'567'000},
                                  bounds);
  const std::string file = directory.path() + "/usage.json";
  std::ofstream(file) << usage::book_text(book, WallTime{});
  const auto text = run_program({holdfast(), "inspect", directory.path()});
  EXPECT_EQ(text.exit_code, 0) << text.output;
  EXPECT_NE(text.output.find("gpt-4o?[2J"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("$1.234567"), std::string::npos) << text.output;
  const auto json = run_program({holdfast(), "inspect", directory.path(), "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.output;
  EXPECT_EQ(nlohmann::json::parse(json.output)["all"]["records"], 3);

  std::ofstream(file) << "rubble";
  const auto damaged = run_program({holdfast(), "inspect", directory.path()});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_NE(damaged.output.find(file), std::string::npos) << damaged.output;
}

// A suite without the core, or whose control passes, proves nothing.
TEST(CommandLine, GateWithoutTheCoreIsNotAPass) {
  const auto run = run_program({holdfast(), "gate", "--no-live", "--no-report", source("scenarios/stress"),
                                "--set", "subject.kind=naive-seed"});
  EXPECT_EQ(run.exit_code, 2) << run.output;
}

// (1 + 0.2) / (0.75 * 50 + 0.2) = 3.2 %, in virtual time over the published seeds.
TEST(CommandLine, NaiveSeedIsRejectedInVirtualTimeToo) {
  TemporaryDirectory directory;
  const auto gate = run_program({holdfast(), "gate", "--no-live", "--no-report", "--out", directory.path(),
                                 source("scenarios/stress/slow-upstream.json")});
  EXPECT_EQ(gate.exit_code, 0) << gate.output;
  EXPECT_NE(gate.output.find("rejected in 1 of 1"), std::string::npos) << gate.output;
  for (const char* seed : {"1", "2", "3", "4", "5"}) {
    const std::string path = directory.path() + "/runs/stress/slow-upstream/naive-seed-virtual-seed" + seed;
    const auto result = nlohmann::json::parse(std::ifstream(path + "/result.json"));
    EXPECT_NEAR(result["measures"]["retention.calls"].get<double>(), 0.032, 0.003) << "seed " << seed;
  }
}

// The first JSON value of what a program printed; what it said on standard error follows.
nlohmann::json first_json(const ProgramRun& run) {
  nlohmann::json value;
  std::istringstream(run.output) >> value;
  return value;
}

TEST(CommandLine, DataCommandsSpeakJson) {
  const auto file = source("scenarios/upstream/outage.json");
  const auto run = run_program({holdfast(), "run", "--json", "--seeds", "1..2", file});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  const auto runs = first_json(run)["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1]["seed"], 2);
  EXPECT_GT(runs[1]["measures"]["breaker.opens"], 0);

  TemporaryDirectory directory;
  const auto bad =
      write_scenario(directory, "{\n  \"version\": 1,\n  \"name\": \"mine\",\n  \"phasez\": []\n}\n");
  const auto check = run_program({holdfast(), "check", "--json", file, bad});
  EXPECT_EQ(check.exit_code, 3);
  EXPECT_EQ(first_json(check)[0]["ok"], true);
  EXPECT_NE(first_json(check)[1]["problems"].dump().find(bad + ":4:3: "), std::string::npos) << check.output;

  const auto resolved = first_json(run_program({holdfast(), "explain", "--json", file}));
  EXPECT_EQ(resolved["load"]["rate"], "2000.0/s");
}

TEST(CommandLine, FormatsAreCheckedBeforeAnythingRuns) {
  const auto file = source("scenarios/upstream/outage.json");
  const auto unknown = run_program({holdfast(), "gate", "--format", "jnuit", file});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_NE(unknown.output.find("did you mean \"junit\""), std::string::npos) << unknown.output;
  for (const char* list : {"", "text,text", "text,"})
    EXPECT_EQ(run_program({holdfast(), "gate", "--format", list, file}).exit_code, 3) << list;
  EXPECT_EQ(run_program({holdfast(), "run", "--format", "text,junit", file}).exit_code, 3) << "where to?";
  EXPECT_EQ(run_program({holdfast(), "run", "--json", "--format", "text", file}).exit_code, 3);
  EXPECT_EQ(run_program({holdfast(), "gate", "--repeat", "0", file}).exit_code, 3);
  EXPECT_EQ(run_program({holdfast(), "gate", "--max-seeds", "many", file}).exit_code, 3);
}

// Said at once, not after minutes of play; with what to do, and with the code of bad input.
TEST(CommandLine, MistakesAreToldBeforeAnythingRuns) {
  TemporaryDirectory directory;
  const auto file = source("scenarios/upstream/outage.json");
  const std::string plain = directory.path() + "/plain";
  std::ofstream(plain) << "no directory\n";
  const auto told = [](std::vector<std::string> words) {
    words.insert(words.begin(), holdfast());
    const auto run = run_program(words);
    EXPECT_EQ(run.exit_code, 3) << run.output;
    return run.output;
  };
  EXPECT_THAT(told({"run", "--out", plain, file}), HasSubstr("name a directory of your own"));
  EXPECT_THAT(told({"gate", "--no-live", "--out", plain, file}), HasSubstr("name a directory of your own"));
  EXPECT_THAT(told({"gate", "--no-liv", file}), HasSubstr("did you mean \"--no-live\""));
  EXPECT_THAT(told({"run", directory.path()}), HasSubstr("holds no scenario (*.json)"));
  EXPECT_THAT(told({"inspect", plain}), HasSubstr("is no directory; name a spool or usage directory"));
  EXPECT_THAT(told({"upstream", "--port", "80x"}), HasSubstr("a whole number from 0 to 65535"));
  EXPECT_THAT(told({"upstream", "--seed", "-1"}), HasSubstr("a whole number"));
}

// One expectation that no core can meet: the gate fails, says so to everybody, and how to see it again.
TEST(CommandLine, FailingGateTellsPeopleServicesAndGithub) {
  TemporaryDirectory directory;
  const auto file = source("scenarios/upstream/outage.json");
  const std::string summary = directory.path() + "/step-summary.md";
  std::ofstream(summary) << "before\n";
  const auto gate =
      run_program({"env", "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + source(""),
                   "GITHUB_STEP_SUMMARY=" + summary, holdfast(), "gate", "--no-live", "--no-report", "--out",
                   directory.path(), "--set", "expect.0=retention.durable >= 200%", file});
  EXPECT_EQ(gate.exit_code, 1) << gate.output;
  EXPECT_NE(gate.output.find("to see it again: holdfast run " + file + " --seeds 1 --set 'expect.0="),
            std::string::npos)
      << gate.output;
  EXPECT_NE(gate.output.find("::error file=scenarios/upstream/outage.json,line="), std::string::npos)
      << gate.output;
  EXPECT_NE(gate.output.find("upstream/outage  seed 42; published 1..5\n"), std::string::npos) << gate.output;

  std::stringstream told;
  told << std::ifstream(summary).rdbuf();
  EXPECT_TRUE(told.str().starts_with("before\n## Holdfast: fail")) << told.str();
  const auto json = nlohmann::json::parse(std::ifstream(directory.path() + "/gate.json"));
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["virtual"][0]["expectations"][0]["verdict"], "fail");
  std::stringstream junit;
  junit << std::ifstream(directory.path() + "/junit.xml").rdbuf();
  EXPECT_NE(junit.str().find("<failure message=\"expected retention.durable &gt;= 200%"), std::string::npos);
}

TEST(CommandLine, TwoVirtualGatesGiveTheSameBytes) {
  const auto play = [] {
    TemporaryDirectory directory;
    const auto run =
        run_program({holdfast(), "gate", "--no-live", "--no-report", "--out", directory.path(),
                     source("scenarios/upstream/outage.json"), source("scenarios/process/pause.json")});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    std::stringstream text;
    text << std::ifstream(directory.path() + "/gate.json").rdbuf();
    return text.str();
  };
  const std::string once = play();
  EXPECT_FALSE(once.empty());
  EXPECT_TRUE(once == play()) << "which of two rows is played first must not matter";
}

// In VIRTUAL a repeat is the same run again, twin and all.
TEST(CommandLine, RepeatsAreKeptApart) {
  TemporaryDirectory directory;
  const auto run = run_program({holdfast(), "run", "--repeat", "2", "--format", "text,junit", "--out",
                                directory.path(), source("scenarios/upstream/outage.json")});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  const std::string folder = directory.path() + "/upstream/outage/holdfast-virtual-seed42-repeat";
  const auto first = nlohmann::json::parse(std::ifstream(folder + "1/result.json"));
  const auto second = nlohmann::json::parse(std::ifstream(folder + "2/result.json"));
  EXPECT_EQ(first, second);
  std::stringstream junit;
  junit << std::ifstream(directory.path() + "/junit.xml").rdbuf();
  EXPECT_NE(junit.str().find("<property name=\"runs\" value=\"2\"/>"), std::string::npos) << junit.str();
  EXPECT_EQ(junit.str().find("self-check"), std::string::npos) << "run checks itself by no control";
}

// Without FUSE, LIVE ends with 4 and says what to do; the gate without LIVE runs the rest.
TEST(CommandLine, WithoutFuseTheGateSaysWhatToDo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can take FUSE away from a program";
  const std::vector<std::string> without_fuse{"setpriv",        "--bounding-set=-all", "--inh-caps=-all",
                                              "--no-new-privs", "--reuid=65534",       "--regid=65534",
                                              "--clear-groups"};
  auto words = without_fuse;
  words.insert(words.end(), {holdfast(), "gate", source("scenarios")});
  const auto refused = run_program(words);
  EXPECT_EQ(refused.exit_code, 4) << refused.output;
  EXPECT_NE(refused.output.find("--no-live"), std::string::npos) << refused.output;

  TemporaryDirectory directory;
  ASSERT_EQ(::chown(directory.path().c_str(), 65534, 65534), 0);
  words = without_fuse;
  words.insert(words.end(), {holdfast(), "gate", "--no-live", "--no-report", "--out", directory.path(),
                             source("scenarios/disk")});
  const auto rest = run_program(words);
  EXPECT_EQ(rest.exit_code, 0) << rest.output;
}

}  // namespace
}  // namespace holdfast::end_to_end
