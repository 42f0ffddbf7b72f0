#include "simulator/upstream/fault_decision.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::upstream {
namespace {

using namespace std::chrono_literals;
using Kind = Plan::Kind;
using Answer = Plan::Answer;

UpstreamRule rule(std::string name, UpstreamEffect effect, std::uint64_t probability = kCertain) {
  return {.name = std::move(name), .effect = effect, .probability = probability};
}

Decision decide_at_once(std::vector<UpstreamRule> rules, std::size_t elements = 100) {
  static std::vector<UpstreamRule> kept;  // what fired points into them
  kept = std::move(rules);
  return decide(kept, 0ms, 1, {.batch = 7, .attempt = 2, .elements = elements});
}

std::vector<std::string> fired(const Decision& decision) {
  std::vector<std::string> lines;
  for (const auto& [rule, what] : decision.fired) lines.push_back(rule->name + ": " + what);
  return lines;
}

TEST(FaultDecision, WithoutRulesARequestIsServedWhole) {
  const auto decision = decide_at_once({});
  EXPECT_EQ(decision.plan.kind, Kind::serve);
  EXPECT_EQ(decision.plan.answer, Answer::whole);
  EXPECT_EQ(decision.latency + decision.plan.trickle, 0ms);
  EXPECT_TRUE(decision.plan.again.empty());
  EXPECT_TRUE(decision.fired.empty());
}

TEST(FaultDecision, EachTerminatingEffectHasItsPlan) {
  const auto kind = [](UpstreamEffect effect) { return decide_at_once({rule("x", effect)}).plan.kind; };
  EXPECT_EQ(kind({.outage = Outage::hang}), Kind::hang);
  EXPECT_EQ(kind({.outage = Outage::error}), Kind::error);
  EXPECT_EQ(kind({.outage = Outage::blackhole}), Kind::vanish);
  EXPECT_EQ(kind({.error_rate = kCertain}), Kind::error);
  EXPECT_EQ(kind({.reset = Reset::request}), Kind::reset);
}

TEST(FaultDecision, TheFirstThatEndsTheRequestWinsAndNothingElseFires) {
  const auto decision =
      decide_at_once({rule("slow", {.latency = 1s}), rule("some", {.partial = kCertain}),
                      rule("drops", {.reset = Reset::request}), rule("away", {.outage = Outage::error})});
  EXPECT_EQ(decision.plan.kind, Kind::reset);
  EXPECT_EQ(decision.latency, 0ms);
  EXPECT_TRUE(decision.plan.again.empty());
  EXPECT_EQ(fired(decision), std::vector<std::string>{"drops: reset"});
}

TEST(FaultDecision, WhatDoesNotEndARequestAddsUp) {
  const auto decision =
      decide_at_once({rule("far", {.latency = 20ms}), rule("thin", {.slow = 1113}),
                      rule("farther", {.latency = 5ms}), rule("thinner", {.slow = 2226}),
                      rule("gone", {.answer = AnswerFault::lost}), rule("cut", {.reset = Reset::answer})});
  EXPECT_EQ(decision.plan.kind, Kind::serve);
  EXPECT_EQ(decision.latency, 25ms);
  EXPECT_EQ(decision.plan.trickle, 1500ms) << "the answer to 100 records has 1,113 bytes";
  EXPECT_EQ(decision.plan.answer, Answer::lost) << "the first that spoils the answer";
  EXPECT_EQ(fired(decision),
            (std::vector<std::string>{"far: delay 20ms", "thin: trickle 1s", "farther: delay 5ms",
                                      "thinner: trickle 500ms", "gone: lose the answer"}));
}

TEST(FaultDecision, SpoilsTheAnswerInThreeWays) {
  const auto answer = [](UpstreamEffect effect) { return decide_at_once({rule("x", effect)}).plan.answer; };
  EXPECT_EQ(answer({.reset = Reset::answer}), Answer::cut);
  EXPECT_EQ(answer({.answer = AnswerFault::lost}), Answer::lost);
  EXPECT_EQ(answer({.answer = AnswerFault::truncated}), Answer::truncated);
}

TEST(FaultDecision, PartialTakesItsShareOfTheElements) {
  const auto decision = decide_at_once({rule("some", {.partial = kCertain / 4})}, 10'000);
  EXPECT_NEAR(static_cast<double>(decision.plan.again.size()), 2500, 220);  // five standard deviations
  EXPECT_TRUE(std::ranges::is_sorted(decision.plan.again));
  EXPECT_TRUE(decide_at_once({rule("none", {.partial = 0})}).plan.again.empty());
  EXPECT_EQ(decide_at_once({rule("all", {.partial = kCertain})}).plan.again.size(), 100U);
  EXPECT_TRUE(decide_at_once({rule("all", {.partial = kCertain})}, 0).fired.empty()) << "a health check";
}

TEST(FaultDecision, TwoPartialsUniteTheirShares) {
  const auto decision =
      decide_at_once({rule("a", {.partial = kCertain / 2}), rule("b", {.partial = kCertain / 2})}, 10'000);
  EXPECT_NEAR(static_cast<double>(decision.plan.again.size()), 7500, 220);
  EXPECT_EQ(std::ranges::adjacent_find(decision.plan.again), decision.plan.again.end()) << "each once";
}

// How many of 10,000 requests the rule met.
int met(const UpstreamRule& rule, std::uint32_t attempt = 0) {
  int count = 0;
  for (std::uint64_t batch = 0; batch < 10'000; ++batch)
    count += decide(std::span(&rule, 1), 0ms, 1, {.batch = batch, .attempt = attempt, .elements = 10})
                     .fired.empty()
                 ? 0
                 : 1;
  return count;
}

TEST(FaultDecision, EveryEffectObeysItsProbability) {
  for (const UpstreamEffect& effect :
       {UpstreamEffect{.outage = Outage::hang}, UpstreamEffect{.outage = Outage::blackhole},
        UpstreamEffect{.latency = 1ms}, UpstreamEffect{.reset = Reset::request},
        UpstreamEffect{.reset = Reset::answer}, UpstreamEffect{.slow = 100},
        UpstreamEffect{.partial = kCertain}, UpstreamEffect{.answer = AnswerFault::lost}}) {
    EXPECT_NEAR(met(rule("x", effect, kCertain / 4)), 2500, 220);
    EXPECT_EQ(met(rule("x", effect, 0)), 0) << "a fault of probability zero changes nothing";
    EXPECT_EQ(met(rule("x", effect)), 10'000);
  }
}

TEST(FaultDecision, KeepsToItsWindow) {
  std::vector<UpstreamRule> rules{rule("x", {.reset = Reset::request})};
  rules[0].from = 1s;
  rules[0].to = 2s;
  EXPECT_EQ(decide(rules, 999ms, 1, {}).plan.kind, Kind::serve);
  EXPECT_EQ(decide(rules, 1s, 1, {}).plan.kind, Kind::reset);
  EXPECT_EQ(decide(rules, 2s, 1, {}).plan.kind, Kind::serve);
}

TEST(FaultDecision, ActsOnTheNthRequestAlone) {
  std::vector<UpstreamRule> rules{rule("x", {.reset = Reset::request})};
  rules[0].nth = 2;
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 1}).plan.kind, Kind::serve);
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 2}).plan.kind, Kind::reset);
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 3}).plan.kind, Kind::serve);
}

TEST(FaultDecision, ActsOnEveryRequestFromTheNthOn) {
  std::vector<UpstreamRule> rules{rule("x", {.reset = Reset::request})};
  rules[0].from_nth = 2;
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 1}).plan.kind, Kind::serve);
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 2}).plan.kind, Kind::reset);
  EXPECT_EQ(decide(rules, 0s, 1, {.number = 3}).plan.kind, Kind::reset);
}

TEST(FaultDecision, KnowsHowLongAnAnswerIs) {
  for (const std::size_t count : {0, 1, 2, 100}) {
    const std::vector<ElementStatus> statuses(count, ElementStatus::accepted);
    EXPECT_EQ(static_cast<std::size_t>(answer_bytes(count)), lineage_answer({}, statuses).size()) << count;
  }
}

}  // namespace
}  // namespace holdfast::upstream
