#include "simulator/gate/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/gate/controls.h"
#include "tests/unit/simulator/gate/rows.h"

namespace holdfast::gate {
namespace {

using oracle::RunVerdict;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Row durable_row(const std::vector<double>& durable, bool live = false) {
  return row_of(scenario_of("disk/full"), durable, live);
}

TEST(Row, PassesWhenTheBoundOfTheMedianHolds) {
  EXPECT_EQ(durable_row({0.95, 0.91, 0.99, 0.97, 0.93}).verdict(), RunVerdict::pass);
}

// 20 seeds: the sixth smallest is the bound, so five may miss.
TEST(Row, OutliersOfManySeedsDoNotDecide) {
  std::vector<double> values(20, 0.95);
  std::fill_n(values.begin(), 5, 0.2);
  EXPECT_EQ(durable_row(values).verdict(), RunVerdict::pass);
  values[5] = 0.2;
  EXPECT_EQ(durable_row(values).verdict(), RunVerdict::inconclusive);
  std::fill_n(values.begin(), 15, 0.2);
  EXPECT_EQ(durable_row(values).verdict(), RunVerdict::fail);
}

TEST(Row, IsUndecidedWhenFiveSeedsDisagree) {
  const auto row = durable_row({0.95, 0.95, 0.95, 0.95, 0.5});
  EXPECT_TRUE(row.undecided());
  EXPECT_EQ(row.verdict(), RunVerdict::inconclusive);
  EXPECT_THAT(row.reasons(), Contains(HasSubstr("it held in 4 of 5 runs")));
  EXPECT_THAT(row.reasons(), Contains(HasSubstr("too few runs to tell")));
  EXPECT_EQ(row.telling_seed(), 5U);
}

TEST(Row, FewerThanFiveMustAllHold) {
  EXPECT_EQ(durable_row({0.95}).verdict(), RunVerdict::pass);
  EXPECT_EQ(durable_row({0.95, 0.95, 0.95, 0.5}).verdict(), RunVerdict::fail);
  EXPECT_FALSE(durable_row({0.95, 0.95, 0.95, 0.5}).undecided());
}

TEST(Row, EqualitiesAndLimitsOfZeroMustHoldInEveryRun) {
  for (const char* text : {"loss.counted == 0", "loss.counted <= 0"}) {
    auto scenario = scenario_of("disk/full");
    scenario.expect = {*scenario::parse_expectation(text)};
    Row row(scenario, false);
    const auto add = [&](double lost) {
      Play play = play_of(row.plays().size() + 1, 0.95);
      play.measures["loss.counted"] = lost;
      row.add(play);
    };
    for (int i = 0; i < 20; ++i) add(0);
    EXPECT_EQ(row.verdict(), RunVerdict::pass) << text;
    add(1);
    EXPECT_EQ(row.verdict(), RunVerdict::fail) << text;
    EXPECT_EQ(row.telling_seed(), 21U);
  }
}

TEST(Row, UpperLimitsAreJudgedByTheUpperBound) {
  auto scenario = scenario_of("disk/full");
  scenario.expect = {*scenario::parse_expectation("recovery.time <= 4s")};
  const auto verdict = [&](std::vector<double> seconds) {
    Row row(scenario, false);
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      Play play = play_of(i + 1, 0.95);
      play.measures["recovery.time"] = seconds[i];
      row.add(play);
    }
    return row.verdict();
  };
  EXPECT_EQ(verdict({1, 2, 3, 1, 4}), RunVerdict::pass);
  EXPECT_EQ(verdict({1, 2, 3, 1, 5}), RunVerdict::inconclusive);
  EXPECT_EQ(verdict({5, 6, 7, 5, 5}), RunVerdict::fail);
}

TEST(Row, StressTargetIsJudgedThoughTheFileDoesNotNameIt) {
  auto scenario = scenario_of("disk/full");
  scenario.expect.clear();
  EXPECT_EQ(row_of(scenario, std::vector<double>(5, 0.2)).verdict(), RunVerdict::pass);
  const auto row = row_of(scenario, std::vector<double>(5, 0.09));
  EXPECT_EQ(row.verdict(), RunVerdict::fail);
  EXPECT_THAT(row.reasons(), Contains(HasSubstr("stress target: retention.durable >= 10% in phase stress")));
}

TEST(Row, DeliveriesAreUnderTheTargetOnlyWhereAnyClientCouldHaveMadeThem) {
  auto scenario = scenario_of("upstream/outage");
  scenario.expect.clear();
  const auto verdict = [&](double delivered, double oracle_share) {
    Row row(scenario, false);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Play play = play_of(seed, 0.95);
      play.phases[0].delivered = delivered;
      play.phases[0].oracle_share = oracle_share;
      row.add(play);
    }
    return row.verdict();
  };
  EXPECT_EQ(verdict(0.05, 0.19), RunVerdict::pass);
  EXPECT_EQ(verdict(0.05, 0.20), RunVerdict::fail);
  EXPECT_EQ(verdict(0.10, 0.20), RunVerdict::pass);
}

TEST(Row, PhasesWhoseOnlyFaultIsADeadProcessAreNotUnderTheTarget) {
  auto scenario = scenario_of("process/kill");
  scenario.expect.clear();
  scenario.phases[0].upstream.clear();
  scenario.phases[0].process.emplace_back();
  EXPECT_TRUE(requirements(scenario).empty());
}

TEST(Row, BrokenLawOfOneSeedFailsIt) {
  auto row = durable_row(std::vector<double>(20, 0.95));
  Play broken = play_of(21, 0.95);
  broken.soundness = RunVerdict::fail;
  broken.reasons = {"the law of identity is broken: twice"};
  broken.broken_laws = {"identity"};
  row.add(broken);
  EXPECT_EQ(row.verdict(), RunVerdict::fail);
  EXPECT_TRUE(row.broke_law());
  EXPECT_THAT(row.reasons(), ElementsAre("seed 21: the law of identity is broken: twice"));
}

TEST(Row, InvalidRunIsNoPassAndNoFailure) {
  auto row = durable_row({0.95, 0.95, 0.95, 0.95, 0.01});
  row.add_error(6, {Code::io, "the disk burns"});
  EXPECT_EQ(row.verdict(), RunVerdict::invalid);
  EXPECT_THAT(row.reasons(), Contains("seed 6: the disk burns"));
  EXPECT_FALSE(row.undecided()) << "more seeds would not mend it";
}

TEST(Row, MissingMeasureIsInvalid) {
  auto row = durable_row(std::vector<double>(5, 0.95));
  Play silent = play_of(6, 0.95);
  silent.measures["retention.durable"] = std::nullopt;
  row.add(silent);
  EXPECT_EQ(row.verdict(), RunVerdict::invalid);
}

TEST(Row, CellShowsTheMedianWithTheWorst) {
  EXPECT_EQ(durable_row({0.5}).cell("retention.durable"), "50.0 %");
  EXPECT_EQ(durable_row({0.5, 0.7, 0.9}).cell("retention.durable"), "70.0 % (50.0 %)");
  EXPECT_EQ(durable_row({0.5}).cell("record.p99"), "-");
}

TEST(Controls, AreTheNaiveSubjectsAlone) {
  EXPECT_TRUE(is_control(scenario::SubjectKind::naive_seed));
  EXPECT_FALSE(is_control(scenario::SubjectKind::holdfast));
  EXPECT_FALSE(core_row("disk/full", 0.99).is_control());
}

TEST(Controls, PlayWhatSuitsThem) {
  const auto kind = scenario::SubjectKind::naive_seed;
  const Control closed{.kind = kind, .virtual_world = true, .open_loads = false, .live = "stress/"};
  const Control real{.kind = kind, .virtual_world = false, .open_loads = true, .live = "stress/"};
  auto stress = scenario_of("stress/slow");
  EXPECT_TRUE(can_play(closed, stress, false));
  EXPECT_FALSE(can_play(real, stress, false));
  EXPECT_FALSE(can_play(real, stress, true)) << "not of the LIVE tier";
  stress.live_tier = true;
  EXPECT_TRUE(can_play(real, stress, true));
  stress.load.arrival = scenario::Arrival::poisson;
  EXPECT_TRUE(can_play(real, stress, true));
  EXPECT_FALSE(can_play(closed, stress, true));
  auto calm = scenario_of("disk/full");
  calm.live_tier = true;
  EXPECT_FALSE(can_play(closed, calm, true)) << "LIVE it plays one directory";
}

}  // namespace
}  // namespace holdfast::gate
