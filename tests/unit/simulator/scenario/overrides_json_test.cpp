#include "simulator/scenario/overrides_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::uint64_t bytes_left(const Scenario& scenario) {
  return scenario.phases.at(1).disk.rules.at(0).effect.full.value().left_bytes.value();
}

TEST(Override, ReachesArraysByNameAndByIndex) {
  EXPECT_EQ(bytes_left(*small({"phases.stress.disk.0.effect.full.left=256KiB"})), 256U << 10);
  EXPECT_EQ(bytes_left(*small({"phases.1.disk.volume fills.effect.full.left=64KiB"})), 64U << 10);
}

TEST(Override, MakesTheObjectsOnItsWay) {
  const auto scenario = small({"subject.options.delivery.shippers=2", "limits.recover=5s"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->subject.options.delivery.shippers, 2U);
  EXPECT_EQ(scenario->limits.recover, std::chrono::seconds(5));
}

TEST(Override, TakesJsonAsJsonAndTheRestAsText) {
  const auto scenario = small({"seed=7", "seeds=1..3", "why=a=b, \"c\"", "expect=[\"duplicates == 0\"]"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->seed, 7U);
  EXPECT_EQ(scenario->seeds->last, 3U);
  EXPECT_EQ(scenario->why, "a=b, \"c\"");
  EXPECT_EQ(scenario->expect.at(0).measure, "duplicates");
  EXPECT_EQ(scenario->expect.at(0).line, 0U) << "it is not from the file";
}

TEST(Override, TheLastOneWins) { EXPECT_EQ(small({"seed=7", "seed=8"})->seed, 8U); }

TEST(Override, ATraceImpliesItsArrival) {
  nlohmann::json document = {{"load", {{"arrival", "poisson"}}}};
  const auto applied = apply_override("load.trace=x.csv", document);
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->pointer, "/load/trace");
  EXPECT_EQ(document["load"]["arrival"], "trace");
}

TEST(Override, MistakesItBringsInNameIt) {
  EXPECT_THAT(error_of(small({"load.rate=5"})), StartsWith("--set load.rate: found the number 5"));
  EXPECT_THAT(error_of(small({"laod.rate=5/s"})),
              AllOf(StartsWith("--set laod.rate: found the unknown key \"laod\""),
                    HasSubstr("did you mean \"load\"?")));
  EXPECT_THAT(error_of(small({"load.rat=5/s"})), StartsWith("--set load.rat: "));
  EXPECT_THAT(error_of(small({"load={\"rate\": 5}"})), StartsWith("--set load: found the number 5"));
}

TEST(Override, RefusesPathsThatLeadNowhere) {
  EXPECT_THAT(error_of(small({"phases.stres.for=1s"})),
              AllOf(StartsWith("--set phases.stres.for: "), HasSubstr("did you mean \"stress\"?")));
  EXPECT_THAT(error_of(small({"phases.3.for=1s"})), HasSubstr("has 3 members"));
  EXPECT_THAT(error_of(small({"name.x=1"})), HasSubstr("has no members"));
  for (const char* text : {"load.rate", "=5", "load..rate=5/s", ".load=1", "load.=1", ""})
    EXPECT_THAT(error_of(small({text})), StartsWith("--set")) << text;
}

TEST(Override, LeavesTheDocumentAloneWhenItFails) {
  nlohmann::json document = {{"a", 1}};
  EXPECT_FALSE(apply_override("b.c.d..e=1", document));
  EXPECT_EQ(document, (nlohmann::json{{"a", 1}}));
}

}  // namespace
}  // namespace holdfast::scenario
