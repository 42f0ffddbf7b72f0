// Which points fail, by which rule, and what counts as survived.
#include "faultfs/trial/enumeration.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {
namespace {

const CoverageReport kSeen{.points = {{"spool/#.seg", Operation::write, 3},
                                      {"spool/#.seg", Operation::fsync, 2},
                                      {"spool", Operation::releasedir, 1}}};

TEST(PointsToFail, AreTheFirstOfEachKindWithTheErrorsThatItAnswers) {
  const auto points = points_to_fail(kSeen, PathClasses{}, {.errors = {EIO, ENOSPC, EMLINK}});
  ASSERT_TRUE(points) << points.error().message;
  ASSERT_EQ(points->size(), 4U) << "no write answers EMLINK, and nobody hears of a releasedir";
  EXPECT_EQ((*points)[1].error, ENOSPC);
  EXPECT_EQ((*points)[1].operation, Operation::write);
  const auto plan = parse_fault_plan(print_fault_plan((*points)[1].plan));
  ASSERT_TRUE(plan) << plan.error().message;
  const Rule& rule = plan->rules.at(0);
  EXPECT_EQ(rule.when.nth, 1U);
  EXPECT_TRUE(rule.when.matches_path("spool/17.seg"));
  EXPECT_FALSE(rule.when.matches_path("spool/x.seg"));
}

TEST(PointsToFail, EverySingleOperationIfAsked) {
  const auto points = points_to_fail(kSeen, PathClasses{}, {.errors = {EIO}, .every = true});
  ASSERT_TRUE(points);
  ASSERT_EQ(points->size(), 5U);
  EXPECT_EQ((*points)[2].nth, 3U);
  EXPECT_EQ((*points)[2].plan.rules[0].when.nth, 3U);
}

TEST(PointsToFail, FromTheFirstTimeOnIfAsked) {
  const auto points = points_to_fail(kSeen, PathClasses{}, {.errors = {EIO}, .persistent = true});
  ASSERT_TRUE(points);
  EXPECT_EQ((*points)[0].plan.rules[0].when.nth, 0U);
}

TEST(PointsToFail, AllErrorsAreThoseOfEachOperation) {
  const auto points = points_to_fail(kSeen, PathClasses{}, {});
  ASSERT_TRUE(points);
  EXPECT_EQ(points->size(), answers_of(Operation::write).size() + answers_of(Operation::fsync).size());
}

TEST(PointsToFail, HaveABound) {
  const CoverageReport many{.points = {{"a", Operation::write, kMostPoints + 1}}};
  EXPECT_FALSE(points_to_fail(many, PathClasses{}, {.errors = {EIO}, .every = true}));
}

class Survival : public testing::Test {
 protected:
  static Trial trial(Outcome program, std::optional<Outcome> check = {}) {
    return {.program = program, .check = check, .output = "done\n"};
  }
  std::string why(const Trial& found) const { return why_not_survived(options_, found, reference_); }
  TrialOptions options_;
  Trial reference_ = trial({});
};

TEST_F(Survival, WithoutACheckIsTheExitCodeOfTheReference) {
  EXPECT_EQ(why(trial({})), "");
  EXPECT_EQ(why(trial({.exit_code = 2})), "exit code 2");
}

TEST_F(Survival, WithACheckItDecidesAndTheProgramMayFail) {
  EXPECT_EQ(why(trial({.exit_code = 2}, Outcome{})), "");
  EXPECT_EQ(why(trial({}, Outcome{.exit_code = 1})), "the check: exit code 1");
}

TEST_F(Survival, NobodySurvivesASignalOrTheTimeout) {
  EXPECT_EQ(why(trial({.signal = SIGSEGV}, Outcome{})), "killed by SIGSEGV");
  EXPECT_EQ(why(trial({.timed_out = true}, Outcome{})), "still running after 30s");
}

TEST_F(Survival, TheOutputCountsIfAsked) {
  Trial found = trial({});
  found.output = "half\n";
  EXPECT_EQ(why(found), "");
  options_.compare_output = true;
  EXPECT_EQ(why(found), "its output differs");
}

}  // namespace
}  // namespace holdfast::faultfs
