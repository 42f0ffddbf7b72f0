#include "simulator/scenario/live_only.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;

std::string why(const std::vector<std::string>& overrides) {
  const auto scenario = small(overrides);
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario ? why_live_only(*scenario) : "";
}

const std::string kNoEvents = "phases.stress.process=[]";  // the host task has none

TEST(LiveOnly, BothWorldsPlayTheCoreAndTheSeed) {
  EXPECT_EQ(why({kNoEvents}), "");
  EXPECT_EQ(why({kNoEvents, "subject.kind=naive-seed"}), "");
  EXPECT_EQ(why({kNoEvents, "host={}"}), "") << "the task alone is left out";
}

TEST(LiveOnly, WhoeverNeedsRealFilesOrAProcess) {
  EXPECT_THAT(why({kNoEvents, "subject.kind=naive-sync"}), HasSubstr("naive-sync uses real files"));
  EXPECT_THAT(why({kNoEvents, "subject.kind=naive-retry"}), HasSubstr("naive-retry uses real files"));
  EXPECT_THAT(why({kNoEvents, R"(subject={"kind": "command", "command": ["cat"]})"}),
              HasSubstr("another program"));
}

TEST(LiveOnly, RulesThatAskWhoCallsOrForFlagsThatVirtualDoesNotKnow) {
  const auto rule = [](const std::string& when) {
    return R"(phases.stress.disk=[{"name": "r", "when": )" + when + R"(, "effect": {"error": "EIO"}}])";
  };
  EXPECT_THAT(why({kNoEvents, rule(R"({"caller": {"uid": 0}})")}),
              HasSubstr("the fault \"r\" asks who calls, and VIRTUAL has no processes"));
  EXPECT_THAT(why({kNoEvents, rule(R"({"flags": ["O_WRONLY", "O_APPEND"]})")}),
              HasSubstr("asks for open flags"));
  EXPECT_EQ(why({kNoEvents, rule(R"({"flags": ["O_WRONLY"]})")}), "");
  EXPECT_THAT(why({kNoEvents,
                   R"(phases.stress.disk=[{"name": "q", "effect": {"quota": {"uid": 1, "left": "1MiB"}}}])"}),
              HasSubstr("the fault \"q\" limits a user, and VIRTUAL has no processes and users"));
}

TEST(LiveOnly, RulesThatNeedAProcessOrAMount) {
  const auto effect = [](const std::string& text) {
    return R"(phases.stress.disk=[{"name": "r", "effect": )" + text + "}]";
  };
  EXPECT_THAT(why({kNoEvents, effect(R"({"kill_caller": true})")}), HasSubstr("kills who calls"));
  EXPECT_THAT(why({kNoEvents, effect(R"({"disconnect": true})")}), HasSubstr("breaks a mount"));
}

TEST(LiveOnly, NoProcessEvent) {
  EXPECT_EQ(why({}), "") << "a kill";
  EXPECT_EQ(why({R"(phases.stress.process=[{"name":"r","power_cut":{"at":"0s"}},
                                           {"name":"j","clock_jump":{"at":"1s","back":"1h"}}])"}),
            "");
}

}  // namespace
}  // namespace holdfast::scenario
