#include "simulator/scenario/read_upstream_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using testing::HasSubstr;
using upstream::kCertain;

// The rule that stands in the place of the small scenario's own.
Result<Scenario> with_rule(const std::string& rest) {
  return with(R"("when": { "from": "1s", "to": "2s" }, "effect": { "outage": "refuse" })", rest);
}

upstream::UpstreamRule rule_of(const Result<Scenario>& scenario) {
  EXPECT_TRUE(scenario) << error_of(scenario);
  return scenario ? scenario->phases[1].upstream.at(0) : upstream::UpstreamRule{};
}

TEST(ReadUpstream, KnowsEveryEffect) {
  const auto effect = [](const std::string& text) {
    return rule_of(with_rule("\"effect\": " + text)).effect;
  };
  EXPECT_EQ(effect(R"({"outage": "blackhole"})").outage, upstream::Outage::blackhole);
  EXPECT_EQ(effect(R"({"reset": "request"})").reset, upstream::Reset::request);
  EXPECT_EQ(effect(R"({"reset": "answer"})").reset, upstream::Reset::answer);
  EXPECT_EQ(effect(R"({"slow": "2KiB/s"})").slow, 2048U);
  EXPECT_EQ(effect(R"({"partial": 0.25})").partial, kCertain / 4);
  EXPECT_EQ(effect(R"({"answer": "lost"})").answer, upstream::AnswerFault::lost);
  EXPECT_EQ(effect(R"({"answer": "truncated"})").answer, upstream::AnswerFault::truncated);
}

TEST(ReadUpstream, ReadsProbabilityAndWindow) {
  const auto rule =
      rule_of(with_rule(R"("when": {"probability": 0.1, "from": "1s"}, "effect": {"reset": "request"})"));
  EXPECT_EQ(rule.probability, kCertain / 10);
  EXPECT_EQ(rule.from, std::chrono::seconds(1));
  EXPECT_EQ(rule_of(with_rule(R"("effect": {"reset": "request"})")).probability, kCertain);
}

TEST(ReadUpstream, SaysWhatIsWrongAndWhere) {
  const auto refusal = [](const std::string& rest) { return error_of(with_rule(rest)); };
  EXPECT_THAT(
      refusal(R"("effect": {"slow": "2KB/s"})"),
      AllOf(HasSubstr("dir/small.json:9:"), HasSubstr("found the text \"2KB/s\""), HasSubstr("16KiB/s")));
  EXPECT_THAT(refusal(R"("effect": {"slow": "0B/s"})"), HasSubstr("from \"1B/s\""));
  EXPECT_THAT(refusal(R"("effect": {"slow": "16KiB"})"), HasSubstr("bytes a second"));
  EXPECT_THAT(refusal(R"("effect": {"partial": 1.5})"), HasSubstr("a number from 0"));
  EXPECT_THAT(refusal(R"("effect": {"outage": "black-hole"})"), HasSubstr("\"blackhole\""));
  EXPECT_THAT(refusal(R"("effect": {"reset": "answer", "slow": "1KiB/s"})"), HasSubstr("exactly one of"));
  EXPECT_THAT(refusal(R"("effect": {"rest": "answer"})"), HasSubstr("\"reset\""));
}

TEST(ReadUpstream, RefusesAProbabilityWhereThereIsNoChance) {
  EXPECT_THAT(error_of(with_rule(R"("when": {"probability": 0.5}, "effect": {"outage": "refuse"})")),
              HasSubstr("closed to everybody"));
  EXPECT_THAT(error_of(with_rule(R"("when": {"probability": 0.5}, "effect": {"error_rate": 0.5})")),
              HasSubstr("itself the probability"));
}

TEST(ReadUpstream, ResolvesToItself) {
  for (const char* rest : {R"("when": {"probability": 0.125, "to": "1s"}, "effect": {"slow": "1.5KiB/s"})",
                           R"("effect": {"partial": 0.3})", R"("effect": {"reset": "answer"})",
                           R"("effect": {"answer": "truncated"})", R"("effect": {"outage": "blackhole"})"}) {
    const auto scenario = with_rule(rest);
    ASSERT_TRUE(scenario) << error_of(scenario);
    const auto again = parse_scenario(scenario->resolved_json, "again.json");
    ASSERT_TRUE(again) << error_of(again);
    EXPECT_EQ(again->resolved_json, scenario->resolved_json);
  }
}

}  // namespace
}  // namespace holdfast::scenario
