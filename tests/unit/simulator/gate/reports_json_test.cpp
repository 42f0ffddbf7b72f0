// What the gate writes for others: gate.json, JUnit XML, Markdown, GitHub's commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "simulator/gate/gate_json.h"
#include "simulator/gate/github.h"
#include "simulator/gate/junit.h"
#include "simulator/gate/table.h"
#include "tests/unit/simulator/gate/rows.h"

namespace holdfast::gate {
namespace {

using testing::HasSubstr;
using testing::Not;

GateResult failing() {
  GateResult result;
  auto row = row_of(scenario_of("stress/slow"), {0.5, 0.6, 0.7, 0.8, 0.05});
  result.rows = {row, control_row("stress/slow", 0.03)};
  return result;
}

GateResult passing() {
  GateResult result;
  result.rows = {core_row("stress/slow", 0.99), control_row("stress/slow", 0.03)};
  return result;
}

// What was not played is told by every format.
TEST(NotRun, IsInTheTextTheMarkdownTheJsonAndTheXml) {
  auto result = passing();
  result.not_run = {{.scenario = scenario_of("process/loop"), .reason = "LIVE only, outside the tier"}};
  const std::string sentence =
      "process/loop: LIVE only, outside the tier (run with `holdfast run --live "
      "scenarios/process/loop.json`)";
  EXPECT_THAT(format_conclusion(result), HasSubstr("not run: " + sentence + "\n"));
  EXPECT_THAT(format_markdown(result), HasSubstr("### Not run\n\n- " + sentence + "\n"));
  EXPECT_THAT(junit_xml(result),
              HasSubstr("<testsuite name=\"not run\" tests=\"1\" failures=\"0\" errors=\"0\" "
                        "skipped=\"1\">"));
  EXPECT_THAT(junit_xml(result), HasSubstr("<skipped message=\"process/loop: LIVE only"));
  const auto json = nlohmann::json::parse(gate_json(result))["not_run"];
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["scenario"], "process/loop");
  EXPECT_EQ(json[0]["command"], "holdfast run --live scenarios/process/loop.json");
  EXPECT_EQ(result.verdict(), oracle::RunVerdict::pass);
}

TEST(GateJson, HasValuesBoundsAndVerdictsOfEveryRow) {
  const auto json = nlohmann::json::parse(gate_json(failing()));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["verdict"], "fail");
  ASSERT_EQ(json["virtual"].size(), 2U);
  EXPECT_TRUE(json["live"].empty());
  const auto& row = json["virtual"][0];
  EXPECT_EQ(row["scenario"], "stress/slow");
  EXPECT_EQ(row["runs"].size(), 5U);
  EXPECT_EQ(row["measures"]["retention.durable"]["median"], 0.6);
  EXPECT_EQ(row["measures"]["retention.durable"]["low"], 0.05);
  EXPECT_EQ(row["measures"]["retention.durable"]["values"][4], 0.05);
  EXPECT_EQ(row["expectations"][0]["line"], 14);
  EXPECT_EQ(row["expectations"][0]["judged_by"], "median");
  EXPECT_EQ(row["expectations"][0]["verdict"], "fail");
  EXPECT_EQ(row["targets"][0]["phase"], "stress");
  EXPECT_EQ(row["targets"][0]["verdict"], "inconclusive");
  EXPECT_EQ(row["reproduce"], "holdfast run scenarios/stress/slow.json --seeds 1");
  EXPECT_EQ(json["virtual"][1]["rejected"], true);
}

TEST(GateJson, WritesWhatNeverCameAsNull) {
  auto result = passing();
  Play play = play_of(6, 0.99);
  play.measures["recovery.time"] = std::numeric_limits<double>::infinity();
  result.rows[0].add(play);
  const auto json = nlohmann::json::parse(gate_json(result));
  EXPECT_TRUE(json["virtual"][0]["measures"]["recovery.time"]["values"][5].is_null());
}

TEST(Junit, HasACaseForEachThingThatIsJudged) {
  const std::string xml = junit_xml(failing());
  EXPECT_THAT(
      xml, HasSubstr("<testsuites name=\"holdfast\" tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"0\">"));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"stress/slow.virtual\" tests=\"4\" failures=\"3\""));
  EXPECT_THAT(xml, HasSubstr("name=\"retention.durable &gt;= 90%\""));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"self-check\" tests=\"1\" failures=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<property name=\"retention.durable\" value=\"60.0 % (5.0 %)\"/>"));
}

TEST(Junit, EscapesWhatXmlCannotHold) {
  auto result = passing();
  result.rows[0].add_error(6, {Code::io, "<\"&\x01>"});
  EXPECT_THAT(junit_xml(result), HasSubstr("&lt;&quot;&amp;?&gt;"));
}

TEST(Markdown, ShowsTheTableTheReasonsAndTheCommand) {
  const std::string text = format_markdown(failing());
  EXPECT_THAT(text, HasSubstr("## Holdfast: fail"));
  EXPECT_THAT(text, HasSubstr("| stress/slow | holdfast | virtual | 5 |"));
  EXPECT_THAT(text, HasSubstr("holdfast run scenarios/stress/slow.json --seeds 1"));
  EXPECT_THAT(text, HasSubstr("naive-seed is rejected in 1 of 1"));
}

TEST(Table, SaysHowManySeedsWerePlayedBeyondThePublished) {
  auto result = failing();
  result.rows[0].add(play_of(6, 0.9));
  result.rows[0].note_extra(1);
  EXPECT_THAT(format_table(result.rows), HasSubstr("5+1"));
  EXPECT_THAT(format_conclusion(result), HasSubstr("1 seeds beyond the published ones were played"));
}

TEST(Annotations, StandAtTheLineOfTheExpectation) {
  const auto lines = annotations(failing(), "/w/repo");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0],
              HasSubstr("::error file=scenarios/stress/slow.json,line=14,title=stress/slow (holdfast "
                        "virtual)::expected retention.durable >= 90%25"));
  EXPECT_THAT(lines[1], HasSubstr("line=9,"));
  EXPECT_TRUE(annotations(passing(), "").empty());
}

TEST(Annotations, AreAsManyAsGithubShows) {
  GateResult result;
  for (int i = 0; i < 8; ++i) result.rows.push_back(core_row("disk/full", 0.01));
  const auto lines = annotations(result, "");
  EXPECT_EQ(lines.size(), kMostAnnotations);
  EXPECT_THAT(lines.back(), HasSubstr("and 15 more"));
}

TEST(Annotations, CutTheWorkspaceOffThePath) {
  auto result = failing();
  auto scenario = scenario_of("stress/slow");
  scenario.file = "/w/repo/scenarios/a,b.json";
  result.rows[0] = row_of(scenario, std::vector<double>(5, 0.01));
  EXPECT_THAT(annotations(result, "/w/repo")[0], HasSubstr("file=scenarios/a%2Cb.json,"));
}

TEST(JobSummary, IsCutBelowTheLimit) {
  auto result = passing();
  for (int i = 0; i < 12'000; ++i) result.rows.push_back(result.rows[0]);
  const auto text = job_summary(result);
  EXPECT_LT(text.size(), kLongestSummary + 100);
  EXPECT_THAT(text, HasSubstr("Cut here"));
}

}  // namespace
}  // namespace holdfast::gate
