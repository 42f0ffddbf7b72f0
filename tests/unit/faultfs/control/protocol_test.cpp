#include "faultfs/control/protocol_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast::faultfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Protocol, ARequestReadsBackAsItWasSaid) {
  Request request{Verb::load, {{Rule{"r", {}, Effect{.error = ErrorEffect{EIO}}}}}};
  const auto back = parse_request(print_request(request));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->verb, Verb::load);
  EXPECT_EQ(back->plan.rules.at(0).effect.error->error, EIO);
  for (auto verb : {Verb::clear, Verb::status, Verb::log, Verb::stop}) {
    EXPECT_EQ(parse_request(print_request({verb}))->verb, verb);
  }
}

TEST(Protocol, WhatIsNoRequestIsRefusedWithAReason) {
  EXPECT_FALSE(parse_request(""));
  EXPECT_FALSE(parse_request("[]"));
  EXPECT_FALSE(parse_request("{}"));
  EXPECT_FALSE(parse_request(R"({"command": 5})"));
  EXPECT_THAT(parse_request(R"({"command": "claer"})").error().message,
              HasSubstr(R"(did you mean "clear"?)"));
  EXPECT_FALSE(parse_request(R"({"command": "load"})"));
  EXPECT_FALSE(parse_request(R"({"command": "power_cut", "seed": -1})"));
  EXPECT_THAT(parse_request(R"({"command": "power_cut", "data": "lots"})").error().message,
              HasSubstr("did you mean \"lost\"?"));
  EXPECT_THAT(parse_request(R"({"command": "load", "plan": {"rules": [{}]}})").error().message,
              HasSubstr("/plan/rules/0"));
}

TEST(Protocol, AFailureComesBackAsAnError) {
  const auto answer = parse_answer(print_failure({Code::invalid, "no such thing"}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "no such thing");
  EXPECT_FALSE(parse_answer("garbage"));
  EXPECT_FALSE(parse_answer(R"({"ok": "yes"})"));
}

TEST(Protocol, TheStatusTellsWhatIsArmedAndHowOftenItFired) {
  MountStatus status;
  status.plan.rules.push_back(Rule{"r", {}, Effect{.full = FullEffect{4096}}});
  status.fired_by_rule["r"] = 3;
  status.space_left = 0;
  const auto answer = parse_answer(print_status_answer(status));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->status, HasSubstr(R"("fired": 3)"));
  EXPECT_THAT(answer->status, HasSubstr(R"("space_left": 0)"));
  EXPECT_THAT(answer->status, HasSubstr(R"("left": "4KiB")"));
}

TEST(Protocol, TheLogIsAFileOrItsNewestLinesWithinTheBound) {
  EXPECT_EQ(parse_answer(print_log_answer("/f", {}))->file, "/f");
  EXPECT_THAT(parse_answer(print_log_answer("", {"a", "\"b\""}))->lines, ElementsAre("a", "\"b\""));
  const std::vector<std::string> many(4096, std::string(4000, '"'));
  const auto text = print_log_answer("", many);
  EXPECT_LT(text.size(), kLongestAnswer);
  EXPECT_GT(parse_answer(text)->lines.size(), 100U);
}

}  // namespace
}  // namespace holdfast::faultfs
