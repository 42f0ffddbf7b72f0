#include "simulator/scenario/process_event.h"

#include <gtest/gtest.h>

namespace holdfast::scenario {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPhase = 10s;

ProcessEvent event(const std::string& name, ProcessAction action, Duration at, Duration lasts) {
  return {.name = name, .action = action, .at = at, .lasts = lasts};
}

// "+freeze 1 -freeze 2": begins at one second, ends at two.
std::string told(const std::vector<ProcessEvent>& events) {
  std::string text;
  for (const auto& turn : turns_of(events, kPhase))
    text += (text.empty() ? "" : " ") + std::string(turn.begins ? "+" : "-") + turn.event->name + " " +
            std::to_string(turn.at / 1s);
  return text;
}

TEST(Turns, ComeInOrderOfTimeWhateverTheOrderInTheFile) {
  const auto early = event("early", ProcessAction::pause, 1s, 2s);
  const auto late = event("late", ProcessAction::kill, 5s, 1s);
  EXPECT_EQ(told({early, late}), "+early 1 -early 3 +late 5 -late 6");
  EXPECT_EQ(told({late, early}), told({early, late}));
}

TEST(Turns, AtOneInstantWhatEndsComesFirst) {
  const auto freeze = event("freeze", ProcessAction::pause, 1s, 2s);
  const auto crash = event("crash", ProcessAction::kill, 3s, 1s);
  const auto deploy = event("deploy", ProcessAction::restart, 4s, 1s);
  const std::string expected = "+freeze 1 -freeze 3 +crash 3 -crash 4 +deploy 4 -deploy 5";
  EXPECT_EQ(told({freeze, crash, deploy}), expected);
  EXPECT_EQ(told({deploy, crash, freeze}), expected);
}

TEST(Turns, AnEventThatRepeatsWithoutAGapEndsBeforeItBeginsAgain) {
  auto deploy = event("deploy", ProcessAction::restart, 1s, 1s);
  deploy.times = 2;
  deploy.every = 1s;
  EXPECT_EQ(told({deploy}), "+deploy 1 -deploy 2 +deploy 2 -deploy 3");
}

TEST(Turns, AJumpWithoutAnEndLastsUntilThePhaseEnds) {
  EXPECT_EQ(told({event("ntp", ProcessAction::clock_jump, 4s, Duration::max())}), "+ntp 4 -ntp 10");
}

}  // namespace
}  // namespace holdfast::scenario
