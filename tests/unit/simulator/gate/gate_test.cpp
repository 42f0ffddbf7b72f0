#include "simulator/gate/gate.h"

#include <gtest/gtest.h>

#include <limits>

namespace holdfast::gate {
namespace {

using oracle::RunVerdict;

Row row(const char* subject) {
  Row made("disk/full", subject, false);
  return made;
}

TEST(Gate, WorseKeepsAFailureOverEverythingElse) {
  EXPECT_EQ(worse(RunVerdict::fail, RunVerdict::invalid), RunVerdict::fail);
  EXPECT_EQ(worse(RunVerdict::invalid, RunVerdict::fail), RunVerdict::fail);
  EXPECT_EQ(worse(RunVerdict::inconclusive, RunVerdict::invalid), RunVerdict::invalid);
  EXPECT_EQ(worse(RunVerdict::pass, RunVerdict::inconclusive), RunVerdict::inconclusive);
}

TEST(Gate, RunThatCouldNotBePlayedIsInvalidAndSaysWhy) {
  Row made = row("holdfast");
  made.add_error({Code::io, "the disk burns"});
  EXPECT_EQ(made.verdict(), RunVerdict::invalid);
  ASSERT_EQ(made.reasons().size(), 1U);
  EXPECT_EQ(made.reasons()[0], "the disk burns");
  EXPECT_EQ(made.seeds(), 1U);
}

TEST(Gate, NothingJudgedIsNotAPass) {
  EXPECT_EQ(GateResult{}.verdict(), RunVerdict::invalid);
  GateResult controls_only;
  controls_only.rows.push_back(row("naive-seed"));
  EXPECT_NE(controls_only.verdict(), RunVerdict::pass);
}

TEST(Gate, ControlThatIsNotRejectedFailsTheGate) {
  GateResult result;
  result.rows.push_back(row("holdfast"));
  EXPECT_EQ(result.verdict(), RunVerdict::pass);
  result.rows.push_back(row("naive-seed"));
  EXPECT_EQ(result.verdict(), RunVerdict::fail);
  EXPECT_NE(result.self_check().find("cannot tell good from bad"), std::string::npos);
}

TEST(Gate, InterruptedGateIsNoPass) {
  GateResult result;
  result.rows.push_back(row("holdfast"));
  result.interrupted = true;
  EXPECT_EQ(result.verdict(), RunVerdict::inconclusive);
}

TEST(Gate, MeasuresAreWrittenInTheirUnitAndNeverRoundedUp) {
  EXPECT_EQ(format_measure("retention.durable", 0.0999), "9.9 %");
  EXPECT_EQ(format_measure("record.p99", 251e-9), "251 ns");
  EXPECT_EQ(format_measure("recovery.time", 1.25), "1.25 s");
  EXPECT_EQ(format_measure("recovery.time", std::numeric_limits<double>::infinity()), "never");
  EXPECT_EQ(format_measure("loss.unaccounted", 3), "3");
  EXPECT_EQ(format_measure("amplification.max", 1.57), "1.57");
}

}  // namespace
}  // namespace holdfast::gate
