#include "simulator/scenario/upstream_rules_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::scenario {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(UpstreamRules, AreAnArrayAsAPhaseHasThem) {
  const auto rules = parse_upstream_rules(R"([
    // a drain
    { "name": "drops", "when": { "probability": 0.5 }, "effect": { "reset": "request" } },
    { "name": "thin", "effect": { "slow": "1KiB/s" } } ])",
                                          "faults.json");
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).effect.reset, upstream::Reset::request);
  EXPECT_EQ(rules->at(0).probability, upstream::kCertain / 2);
  EXPECT_EQ(rules->at(1).effect.slow, 1024U);
}

TEST(UpstreamRules, SayEveryMistakeAndWhere) {
  const auto refused = parse_upstream_rules(R"([ { "name": "a", "effect": { "outage": "hung" } },
    { "name": "a", "efect": {} } ])",
                                            "faults.json");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              AllOf(StartsWith("faults.json:1:"), HasSubstr("\"hang\""), HasSubstr("faults.json:2:"),
                    HasSubstr("\"effect\""), HasSubstr("second rule named \"a\"")));
  EXPECT_THAT(parse_upstream_rules("{}", "faults.json").error().message,
              HasSubstr("faults.json:1:1: found an object; allowed: an array"));
  EXPECT_FALSE(load_upstream_rules("/nowhere/faults.json"));
}

}  // namespace
}  // namespace holdfast::scenario
