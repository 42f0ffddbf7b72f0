#include "simulator/gate/gate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "simulator/gate/gate.h"
#include "simulator/gate/reproduce.h"
#include "simulator/scenario/parse_json.h"
#include "tests/unit/simulator/gate/rows.h"

namespace holdfast::gate {
namespace {

using oracle::RunVerdict;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

GateResult with_rows(std::vector<Row> rows) {
  GateResult result;
  result.rows = std::move(rows);
  return result;
}

TEST(Gate, WorseKeepsAFailureOverEverythingElse) {
  EXPECT_EQ(worse(RunVerdict::fail, RunVerdict::invalid), RunVerdict::fail);
  EXPECT_EQ(worse(RunVerdict::invalid, RunVerdict::fail), RunVerdict::fail);
  EXPECT_EQ(worse(RunVerdict::inconclusive, RunVerdict::invalid), RunVerdict::invalid);
  EXPECT_EQ(worse(RunVerdict::pass, RunVerdict::inconclusive), RunVerdict::inconclusive);
}

TEST(Gate, NothingJudgedIsNotAPass) {
  EXPECT_EQ(GateResult{}.verdict(), RunVerdict::invalid);
  EXPECT_NE(with_rows({control_row("stress/slow", 0.03)}).verdict(), RunVerdict::pass);
}

TEST(Gate, PassesWhenTheCoreHoldsAndTheControlDoesNot) {
  auto result = with_rows({core_row("stress/slow", 0.99), control_row("stress/slow", 0.03)});
  EXPECT_EQ(result.verdict(), RunVerdict::pass);
  EXPECT_THAT(result.self_check().sentences, Contains("naive-seed is rejected in 1 of 1, as it must be"));
}

TEST(Gate, ControlThatIsNotRejectedFailsTheGate) {
  const auto result = with_rows({core_row("stress/slow", 0.99), control_row("stress/slow", 0.99)});
  EXPECT_EQ(result.verdict(), RunVerdict::fail);
  EXPECT_THAT(result.self_check().sentences, Contains(HasSubstr("cannot tell good from bad")));
}

TEST(Gate, ControlNeedsToFailOneScenarioOnly) {
  const auto result = with_rows({core_row("disk/full", 0.99), control_row("disk/full", 0.99),
                                 core_row("stress/slow", 0.99), control_row("stress/slow", 0.03)});
  EXPECT_EQ(result.verdict(), RunVerdict::pass);
}

TEST(Gate, StressScenarioThatNoControlFailsFailsTheGate) {
  const auto result = with_rows({core_row("stress/slow", 0.99), control_row("stress/slow", 0.03),
                                 core_row("stress/mild", 0.99), control_row("stress/mild", 0.99)});
  EXPECT_EQ(result.verdict(), RunVerdict::fail);
  EXPECT_THAT(result.self_check().sentences, Contains(HasSubstr("stress/mild is failed by no control")));
}

TEST(Gate, StressScenarioThatNoControlCanPlayIsLeftToLive) {
  auto result = with_rows({core_row("stress/open", 0.99)});
  EXPECT_EQ(result.verdict(), RunVerdict::fail);
  result.live = false;
  EXPECT_EQ(result.verdict(), RunVerdict::pass);
}

// A control that is rejected for a defect of this house would prove the wrong thing.
TEST(Gate, ControlThatBreaksALawFailsTheGate) {
  auto broken = control_row("stress/slow", 0.03);
  Play play = play_of(6, 0.03);
  play.soundness = RunVerdict::fail;
  play.broken_laws = {"conservation"};
  broken.add(play);
  EXPECT_FALSE(broken.rejected());
  EXPECT_EQ(with_rows({core_row("stress/slow", 0.99), broken}).verdict(), RunVerdict::fail);
}

TEST(Gate, InterruptedGateIsNoPass) {
  auto result = with_rows({core_row("disk/full", 0.99)});
  EXPECT_EQ(result.verdict(), RunVerdict::pass);
  result.interrupted = true;
  EXPECT_EQ(result.verdict(), RunVerdict::inconclusive);
}

TEST(Gate, CommandReproducesTheRunThatShowsItBest) {
  auto row = core_row("disk/full", 0.99);
  row.add(play_of(6, 0.05));
  EXPECT_EQ(reproduce(row, {"load.rate=500/s", "why=it's new"}),
            "holdfast run scenarios/disk/full.json --seeds 6 --set load.rate=500/s --set 'why=it'\\''s new'");
  EXPECT_EQ(reproduce(control_row("stress/slow", 0.5), {}),
            "holdfast run scenarios/stress/slow.json --seeds 1 --set subject.kind=naive-seed");
}

scenario::Scenario with_real_files(const std::string& title, bool live_tier) {
  auto scenario = scenario_of(title);
  scenario.subject.kind = scenario::SubjectKind::command;
  scenario.live_tier = live_tier;
  return scenario;
}

std::vector<std::string> not_run_of(const std::vector<scenario::Scenario>& scenarios, bool live) {
  std::vector<std::string> sentences;
  for (const auto& one : not_run(scenarios, live)) sentences.push_back(one.sentence({"load.rate=500/s"}));
  return sentences;
}

TEST(Gate, SaysWhatItPlaysInNoWorld) {
  EXPECT_THAT(not_run_of({scenario_of("disk/full"), with_real_files("subjects/one", true),
                          with_real_files("subjects/two", false)},
                         true),
              ElementsAre("subjects/two: LIVE only, outside the tier (run with `holdfast run --live "
                          "scenarios/subjects/two.json --set load.rate=500/s`)"));
}

TEST(Gate, WithoutLiveSaysWhatThatLeavesOut) {
  auto tier = scenario_of("disk/full");
  tier.live_tier = true;
  EXPECT_THAT(
      not_run_of({scenario_of("disk/slow"), tier, with_real_files("subjects/one", true)}, false),
      ElementsAre(HasSubstr("disk/full: in VIRTUAL alone"), HasSubstr("subjects/one: LIVE only, and")));
}

// What one row plays must not touch another: the traces are those of each scenario alone, in the order asked.
TEST(Gate, RowsThatAreVirtualPlayAtOnceAndAsIfAlone) {
  const std::vector<std::string> light{"load.rate=100/s", "seeds=1..2"};
  std::vector<scenario::Scenario> scenarios;
  for (const char* name : {"process/pause", "disk/inodes", "upstream/outage"}) {
    auto loaded =
        scenario::load_scenario(std::string(HOLDFAST_SOURCE_DIR "/scenarios/") + name + ".json", light);
    ASSERT_TRUE(loaded) << loaded.error().message;
    scenarios.push_back(std::move(*loaded));
  }
  GateSettings settings;
  settings.live = false;
  settings.max_seeds = 2;
  const std::atomic<bool> never{false};
  const auto traces = [&](const std::vector<scenario::Scenario>& all) {
    std::vector<std::string> lines;
    for (const auto& row : run_gate(all, settings, never).rows)
      for (const auto& play : row.plays())
        lines.push_back(row.title() + " " + row.subject() + " " + play.trace_hash);
    return lines;
  };
  std::vector<std::string> alone;
  for (const auto& one : scenarios)
    for (auto& line : traces({one})) alone.push_back(std::move(line));
  EXPECT_EQ(alone.size(), 6U) << "two seeds of three scenarios";
  EXPECT_EQ(traces(scenarios), alone);
}

// Five seeds lie on both sides of the limit, which is their median: three more are played, as far as the cap
// goes.
TEST(Gate, PlaysMoreSeedsWhereThePublishedOnesCannotDecide) {
  GateSettings settings;
  settings.live = false;
  settings.max_seeds = 5;
  const std::atomic<bool> never{false};
  const auto gate = [&](const std::string& limit) {
    const std::vector<std::string> overrides{"expect.0=retention.durable >= " + limit};
    auto scenario = scenario::load_scenario(
        HOLDFAST_SOURCE_DIR "/scenarios/combined/disk-full-during-outage.json", overrides);
    EXPECT_TRUE(scenario) << scenario.error().message;
    return run_gate({std::move(*scenario)}, settings, never);
  };
  std::vector<double> durable;
  const auto published = gate("0%");
  for (const auto& play : published.rows.at(0).plays())
    durable.push_back(play.measures.at("retention.durable").value());
  ASSERT_EQ(durable.size(), 5U);
  std::ranges::sort(durable);
  settings.max_seeds = 8;
  const auto result = gate(fmt::format("{:.4f}%", 100 * durable[2]));
  ASSERT_EQ(result.rows.size(), 1U);
  ASSERT_EQ(result.rows[0].plays().size(), 8U);
  EXPECT_EQ(result.rows[0].extra(), 3U);
  EXPECT_EQ(result.rows[0].plays()[7].seed, 8U);
}

}  // namespace
}  // namespace holdfast::gate
