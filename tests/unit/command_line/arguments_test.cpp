#include "command_line/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::command_line {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

Arguments arguments_of(std::vector<std::string> operands) {
  Arguments arguments("tool", "act", std::move(operands), "Acts.", {"tool act this"});
  arguments.add()("times", text_value("N"), "so often")("for", text_value("DURATION"), "so long")(
      "keep", list_value("GLOB"), "what to keep")("json", "as JSON");
  return arguments;
}

// What it says of words that it does not take.
std::string complaint(Arguments arguments, const std::vector<std::string>& words) {
  CaptureStderr();
  EXPECT_EQ(arguments.parse(words), kBadInput);
  return GetCapturedStderr();
}

TEST(Arguments, HelpBeginsWithExamplesAndWinsOverWhatIsMissing) {
  auto arguments = arguments_of({"FROM", "TO"});
  CaptureStdout();
  EXPECT_EQ(arguments.parse({"--help"}), kDone);
  const std::string help = GetCapturedStdout();
  EXPECT_THAT(help,
              StartsWith("Examples:\n  tool act this\n\ntool act FROM TO [OPTIONS]\nActs.\n\nOptions:\n"));
  EXPECT_THAT(help, HasSubstr("--times N"));
}

TEST(Arguments, OperandsAndOptionsComeInAnyOrder) {
  auto arguments = arguments_of({"FROM", "TO"});
  EXPECT_EQ(arguments.parse({"a", "--keep", "x", "b", "--json", "--keep=y"}), std::nullopt);
  EXPECT_EQ(arguments.operand(1), "b");
  EXPECT_THAT(arguments.list("keep"), ElementsAre("x", "y"));
  EXPECT_TRUE(arguments.has("json"));
  EXPECT_EQ(arguments.text("times", "3"), "3");
}

TEST(Arguments, TheNumberOfOperandsIsThatOfTheirNames) {
  EXPECT_EQ(complaint(arguments_of({"FROM", "TO"}), {"a"}),
            "tool act: TO is missing; usage: tool act FROM TO [OPTIONS]; see tool act --help\n");
  EXPECT_THAT(complaint(arguments_of({"FROM"}), {"a", "b"}), HasSubstr("\"b\" is one word too many"));
  EXPECT_THAT(complaint(arguments_of({}), {"a"}), HasSubstr("\"a\" is one word too many"));
}

TEST(Arguments, OperandsWithDotsAreAnyNumberAndInBracketsEvenNone) {
  auto some = arguments_of({"FROM", "TO..."});
  EXPECT_EQ(some.parse({"a", "b", "c"}), std::nullopt);
  EXPECT_THAT(some.operands(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(complaint(arguments_of({"TO..."}), {}), HasSubstr("TO... is missing"));
  EXPECT_EQ(arguments_of({"[TO...]"}).parse({}), std::nullopt);
  EXPECT_EQ(arguments_of({"[TO...]"}).parse({"a", "b"}), std::nullopt);
}

TEST(Arguments, OptionsAreNotGuessedButTheNearestIsNamed) {
  EXPECT_THAT(complaint(arguments_of({}), {"--time", "3"}), HasSubstr("did you mean \"--times\"?"));
  EXPECT_THAT(complaint(arguments_of({}), {"--times"}), StartsWith("tool act: "));
}

TEST(Arguments, TheProgramStandsBehindTwoDashesWithItsOwnOptions) {
  auto arguments = arguments_of({"FROM"});
  arguments.runs_program();
  EXPECT_EQ(arguments.parse({"a", "--", "run", "--json"}), std::nullopt);
  EXPECT_THAT(arguments.program(), ElementsAre("run", "--json"));
  EXPECT_FALSE(arguments.has("json"));

  auto without = arguments_of({"FROM"});
  without.runs_program();
  EXPECT_THAT(complaint(without, {"a", "--"}), HasSubstr("the program to run is missing"));
}

TEST(Arguments, NumbersAndDurationsAreWholeAndWithinTheirRange) {
  auto arguments = arguments_of({});
  EXPECT_EQ(arguments.parse({"--times", "7", "--for", "1.5s"}), std::nullopt);
  EXPECT_EQ(*arguments.number("times", 1, {1, 9}), 7U);
  EXPECT_EQ(*arguments.duration("for", {}, std::chrono::seconds(2)), std::chrono::milliseconds(1500));
  EXPECT_EQ(arguments.number("times", 1, {1, 5}).error().message,
            "--times: found \"7\"; allowed: a whole number from 1 to 5");
  EXPECT_EQ(arguments.duration("for", {}, std::chrono::seconds(1)).error().message,
            "--for: found \"1.5s\"; allowed: a duration like \"30s\", at most 1s");
}

TEST(Arguments, WhatIsNoNumberIsRefused) {
  for (const char* wrong : {"-1", "7x", " 7", "1.5", "99999999999999999999"}) {
    auto arguments = arguments_of({});
    EXPECT_EQ(arguments.parse({std::string("--times=") + wrong, "--for=0s"}), std::nullopt) << wrong;
    EXPECT_FALSE(arguments.number("times", 1, {0, UINT64_MAX})) << wrong;
    EXPECT_FALSE(arguments.duration("for", {}, std::chrono::seconds(1)));
  }
}

}  // namespace
}  // namespace holdfast::command_line
