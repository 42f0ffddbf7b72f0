#include "simulator/oracle/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/oracle/evaluate.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

scenario::Expectation expects(std::string measure, scenario::Comparator comparator, double value) {
  scenario::Expectation expectation;
  expectation.text = measure + " as wished";
  expectation.measure = std::move(measure);
  expectation.comparator = comparator;
  expectation.value = value;
  return expectation;
}

constexpr auto kAtLeast = scenario::Comparator::greater_equal;
constexpr auto kAtMost = scenario::Comparator::less_equal;

struct Pair {
  TestRun run{{phase("calm", 5s), outage("stress", 5s), phase("after", 20s)}};
  TestRun twin{{phase("calm", 30s)}};
  Pair() {
    run.stream(0s, 30s, 10ms);
    twin.stream(0s, 30s, 10ms);
    run->claims.checked = twin->claims.checked = 1;
    run->scenario.expect = {expects("retention.durable", kAtLeast, 0.1)};
  }
  Judgement judgement() { return evaluate(run.record(), &twin.record()).judgement; }
};

TEST(Verdict, PassesWhenLawsAndExpectationsHold) {
  Pair pair;
  const auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::pass) << ::testing::PrintToString(judgement.reasons);
  EXPECT_TRUE(judgement.reasons.empty());
}

TEST(Verdict, FailsWhenAnExpectationDoesNotHold) {
  Pair pair;
  pair.run->scenario.expect.push_back(expects("retention.durable", kAtLeast, 1.5));
  const auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::fail);
  EXPECT_EQ(judgement.expectations[1].verdict, ExpectationVerdict::fail);
}

TEST(Verdict, ReasonsNameWhatWasMeasuredAsTablesDo) {
  Pair pair;
  pair.run->scenario.expect = {expects("retention.durable", kAtLeast, 1.5),
                               expects("backlog.drain_time", kAtMost, -1)};
  EXPECT_THAT(pair.judgement().reasons,
              Contains(testing::MatchesRegex("expected retention.durable as wished, measured [0-9.]+ %.*")));
  EXPECT_THAT(
      pair.judgement().reasons,
      Contains(testing::MatchesRegex("expected backlog.drain_time as wished, measured [0-9.]+ (m?s|ns)")));
}

TEST(Verdict, ABrokenLawFailsWhateverTheScenarioExpects) {
  Pair pair;
  pair.run->scenario.expect.clear();
  pair.run->fired.clear();  // invalid too, but the law comes first
  pair.run.offer(1s).accepted();
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::fail);
}

TEST(Verdict, ALawBrokenByTheTwinFailsTheRun) {
  Pair pair;
  pair.twin.offer(1s).accepted();
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::fail);
  EXPECT_THAT(pair.judgement().reasons, Contains(HasSubstr("conservation (twin)")));
}

TEST(Verdict, IsInvalidWhenAFaultNeverFired) {
  Pair pair;
  pair.run->fired["stress rule"] = 0;
  const auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::invalid);
  EXPECT_THAT(judgement.reasons, Contains("the fault 'stress rule' never fired"));
}

TEST(Verdict, AControlSubjectNeedsOnlyOneFaultToFire) {
  Pair pair;
  pair.run->scenario.subject.kind = scenario::SubjectKind::naive_seed;
  pair.run->windows[0].rules.push_back("volume fills");
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::pass);
  pair.run->fired.clear();
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::invalid);
}

TEST(Verdict, IsInvalidWhenNoFaultWasArmedThoughTheScenarioHasSome) {
  Pair pair;
  pair.run->scenario.expect.clear();
  pair.run->windows.clear();
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::invalid);
}

TEST(Verdict, IsInvalidWhenTheTwinCouldNotCarryTheLoad) {
  Pair pair;
  for (int i = 0; i < 200; ++i) pair.twin.offer(29s).outcome(CallOutcome::rejected_ring_full);
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::invalid);
  pair.run->scenario.load.arrival = scenario::Arrival::closed;
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::pass);
  pair.run->scenario.load.arrival = scenario::Arrival::poisson;
  pair.run->scenario.subject.kind = scenario::SubjectKind::naive_seed;
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::pass);
}

TEST(Verdict, IsInvalidWhenAnExpectedMeasureIsNotAvailable) {
  Pair pair;
  pair.run->scenario.expect = {expects("retention.calls", kAtLeast, 0.1)};
  const auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::invalid);
  EXPECT_EQ(judgement.expectations[0].verdict, ExpectationVerdict::not_available);
}

TEST(Verdict, LiveOnlyMeasuresAreNotJudgedInVirtual) {
  Pair pair;
  pair.run->scenario.expect = {expects("record.p99", kAtMost, 1e-9)};
  auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::pass);
  EXPECT_EQ(judgement.expectations[0].verdict, ExpectationVerdict::not_judged);
  pair.run->live = true;
  judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::fail);
}

TEST(Verdict, ARecoveryThatNeverCameFailsItsExpectation) {
  TestRun run({outage("stress", 5s), phase("after", 20s)}), twin({phase("calm", 25s)});
  run.stream(0s, 25s, 10ms, std::nullopt);
  run->scenario.expect = {expects("recovery.time", kAtMost, 1000)};
  const auto measures = compute_measures(run.record(), &twin.record(), account(run.record()));
  EXPECT_EQ(judge_expectation(run->scenario.expect[0], measures, false).verdict, ExpectationVerdict::fail);
}

TEST(Verdict, AnInterruptedOrEmptyRunIsNoPass) {
  Pair pair;
  pair.run->interrupted = true;
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::inconclusive);
  TestRun empty;
  EXPECT_EQ(evaluate(empty.record(), nullptr).judgement.verdict, RunVerdict::invalid);
}

TEST(Verdict, SoundnessIsTheVerdictWithoutTheExpectations) {
  Pair pair;
  pair.run->scenario.expect.push_back(expects("retention.durable", kAtLeast, 1.5));
  auto judgement = pair.judgement();
  EXPECT_EQ(judgement.verdict, RunVerdict::fail);
  EXPECT_EQ(judgement.soundness, RunVerdict::pass);
  EXPECT_TRUE(judgement.soundness_reasons.empty());
  pair.run->fired["stress rule"] = 0;
  judgement = pair.judgement();
  EXPECT_EQ(judgement.soundness, RunVerdict::invalid);
  EXPECT_EQ(judgement.soundness_reasons.size(), 1U);
}

TEST(Verdict, UncheckedClaimsAreNoPass) {
  Pair pair;
  pair.run->claims.checked = 0;
  EXPECT_EQ(pair.judgement().verdict, RunVerdict::inconclusive);
}

}  // namespace
}  // namespace holdfast::oracle
