#include "command_line/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace holdfast::command_line {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

ExitCode count_words(const Words& words) { return words.size() == 2 ? kDone : kFailed; }
ExitCode break_down(const Words&) { throw std::runtime_error("a wheel came off"); }

constexpr std::array kCommands{Command{"count", "count words", count_words},
                               Command{"break", "break down", break_down},
                               Command{"hidden", "only for insiders", count_words, false}};
constexpr Program kTool{
    .name = "tool", .examples = "Examples:\n  tool count\n", .commands = kCommands, .after = "\nThe end.\n"};

TEST(Commands, ACommandGetsTheWordsAfterItsName) {
  EXPECT_EQ(dispatch(kTool, {"count", "a", "b"}), kDone);
  EXPECT_EQ(dispatch(kTool, {"count"}), kFailed);
  EXPECT_EQ(dispatch(kTool, {"hidden", "a", "b"}), kDone);
}

TEST(Commands, HelpIsExamplesTheTableAndWhatFollows) {
  for (const char* word : {"--help", "-h", "help"}) {
    CaptureStdout();
    EXPECT_EQ(dispatch(kTool, {word}), kDone);
    EXPECT_EQ(GetCapturedStdout(),
              "Examples:\n  tool count\n\ntool COMMAND [OPTIONS] ...\n\nCommands:\n  count   count words\n"
              "  break   break down\n\ntool COMMAND --help says more of each.\n\nThe end.\n");
  }
}

TEST(Commands, HelpOfACommandIsItsOwn) {
  EXPECT_EQ(dispatch(kTool, {"help", "count"}), kFailed) << "it got one word, --help";
  CaptureStderr();
  EXPECT_EQ(dispatch(kTool, {"help", "cuont"}), kBadInput);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("did you mean \"count\"?"));
}

TEST(Commands, TheVersionNamesTheProgramAndTheCommit) {
  CaptureStdout();
  EXPECT_EQ(dispatch(kTool, {"--version"}), kDone);
  EXPECT_THAT(GetCapturedStdout(), testing::MatchesRegex("tool [0-9.]+ \\(.+\\)\n"));
}

TEST(Commands, WithoutACommandTheHelpIsAComplaint) {
  CaptureStderr();
  EXPECT_EQ(dispatch(kTool, {}), kBadInput);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("Commands:\n"));
}

TEST(Commands, AnUnknownCommandNamesTheNearestAndNoHiddenOne) {
  CaptureStderr();
  EXPECT_EQ(dispatch(kTool, {"cuont"}), kBadInput);
  EXPECT_EQ(
      GetCapturedStderr(),
      "tool: there is no command \"cuont\"; allowed are \"count\", \"break\"; did you mean \"count\"?\n");
}

TEST(Commands, AnExceptionIsAnInternalError) {
  CaptureStderr();
  EXPECT_EQ(dispatch(kTool, {"break"}), kInternal);
  EXPECT_EQ(GetCapturedStderr(), "tool: internal error: a wheel came off\n");
}

}  // namespace
}  // namespace holdfast::command_line
