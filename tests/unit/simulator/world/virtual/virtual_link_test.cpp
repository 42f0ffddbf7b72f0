#include "simulator/world/virtual/virtual_link.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

using Outcome = SendResult::Outcome;

constexpr Duration kOneWay = 5us;

Request request_of(std::initializer_list<std::uint64_t> sequences, std::uint64_t batch = 1) {
  Request request;
  request.method = "POST";
  request.batch = batch;
  for (const auto sequence : sequences) {
    request.body += request.body.empty() ? "[" : ",";
    request.body += "{\"key\":\"0000000000000007-" + std::to_string(sequence) +
                    "\",\"reference\":" + std::to_string(sequence + 100) + "}";
    request.elements.push_back({{7, sequence}, sequence + 100});
  }
  request.body += "]";
  return request;
}

const CancelFlag kNotCancelled{false};

void arm(TestWorld& test, upstream::UpstreamEffect effect) {
  test.model.arm({{.name = "fault", .effect = effect}}, test.now());
}

TEST(VirtualLink, AServedRequestIsAppliedAndAnswersElementByElement) {
  TestWorld test({}, {.latency = 1ms});
  test.run([&] {
    auto& link = test.world.link();
    auto result = link.send(request_of({1, 2}), kStart + 1s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::response);
    EXPECT_EQ(result.response.status, 200);
    EXPECT_EQ(result.response.body, R"({"results":["accepted","accepted"]})");
    EXPECT_EQ(test.now(), kStart + kOneWay + 1ms + kOneWay);
    result = link.send(request_of({2, 3}), kStart + 1s, kNotCancelled);
    EXPECT_EQ(result.response.body, R"({"results":["duplicate","accepted"]})");
  });
  ASSERT_EQ(test.applied.size(), 4u);
  EXPECT_EQ(test.applied[0].at, kStart + kOneWay + 1ms);
  EXPECT_EQ(test.applied[0].reference, 101u);
  EXPECT_TRUE(test.applied[2].duplicate);
}

TEST(VirtualLink, RequestsBeyondTheConcurrencyWaitTheirTurn) {
  TestWorld test({}, {.latency = 10ms, .concurrency = 1});
  std::vector<Time> done;
  for (std::uint64_t i = 0; i < 3; ++i)
    test.world.spawn("client", [&, i] {
      test.world.link().send(request_of({i}, i), kStart + 1s, kNotCancelled);
      done.push_back(test.now() - 2 * kOneWay);
    });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(done, (std::vector<Time>{kStart + 10ms, kStart + 20ms, kStart + 30ms}));
}

TEST(VirtualLink, ARefusedRequestIsNotSent) {
  TestWorld test;
  arm(test, {.outage = upstream::Outage::refuse});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 1s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::not_sent);
    EXPECT_EQ(result.error.code, Code::unavailable);
    EXPECT_EQ(test.now(), kStart + VirtualLink::kRefusal);
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, AnErrorIsAResponseAndAppliesNothing) {
  TestWorld test;
  arm(test, {.outage = upstream::Outage::error});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 1s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::response);
    EXPECT_EQ(result.response.status, 503);
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, AHangIsUnknownAtTheDeadline) {
  TestWorld test;
  arm(test, {.outage = upstream::Outage::hang});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::timeout);
    EXPECT_EQ(test.now(), kStart + 2s);
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, NewRulesEndAHangSoonAfter) {
  TestWorld test;
  arm(test, {.outage = upstream::Outage::hang});
  test.world.at(kStart + 1s, [&] { test.model.heal(test.now()); });
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 1h, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::unavailable);
    EXPECT_LE(test.now(), kStart + 1s + VirtualLink::kCancelPoll);
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, WhatVanishesIsUnknownAtTheDeadlineWhateverHeals) {
  TestWorld test;
  arm(test, {.outage = upstream::Outage::blackhole});
  test.world.at(kStart + 1s, [&] { test.model.heal(test.now()); });
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::timeout);
    EXPECT_EQ(test.now(), kStart + 2s);
  });
  EXPECT_EQ(test.model.requests(), 0u);
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, AnAnswerThatFallsDueInABlackholeIsLost) {
  TestWorld test({}, {.latency = 10ms});
  test.world.at(kStart + 5ms, [&] { arm(test, {.outage = upstream::Outage::blackhole}); });
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.error.code, Code::timeout);
  });
  EXPECT_EQ(test.applied.size(), 1u);
}

TEST(VirtualLink, AResetIsUnknownAtOnceAndAppliesNothing) {
  TestWorld test;
  arm(test, {.reset = upstream::Reset::request});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::unavailable);
    EXPECT_EQ(test.now(), kStart + 2 * kOneWay);
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, AnAnswerThatIsLostOrCutLeavesTheRequestApplied) {
  TestWorld test({}, {.latency = 1ms});
  test.run([&] {
    arm(test, {.answer = upstream::AnswerFault::lost});
    auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::unavailable);
    EXPECT_EQ(test.now(), kStart + 1ms + 2 * kOneWay);
    arm(test, {.reset = upstream::Reset::answer});
    EXPECT_EQ(test.world.link().send(request_of({2}), kStart + 2s, kNotCancelled).outcome, Outcome::unknown);
  });
  EXPECT_EQ(test.applied.size(), 2u);
}

TEST(VirtualLink, ATruncatedAnswerIsHalfOfIt) {
  TestWorld test;
  arm(test, {.answer = upstream::AnswerFault::truncated});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.response.body, R"({"results":[)");
  });
}

TEST(VirtualLink, ASlowAnswerArrivesWithItsLastByteOrNotInTime) {
  TestWorld test({}, {.latency = 1ms});
  arm(test, {.slow = 240});  // 24 bytes: 100 ms
  test.run([&] {
    auto result = test.world.link().send(request_of({1}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.response.body, R"({"results":["accepted"]})");
    EXPECT_EQ(test.now(), kStart + 1ms + 100ms + 2 * kOneWay);
    result = test.world.link().send(request_of({2}), test.now() + 50ms, kNotCancelled);
    EXPECT_EQ(result.error.code, Code::timeout);
  });
  EXPECT_EQ(test.applied.size(), 2u);
}

TEST(VirtualLink, PartialAnswersAskForTheirShareAgain) {
  TestWorld test;
  arm(test, {.partial = upstream::kCertain});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1, 2}), kStart + 2s, kNotCancelled);
    EXPECT_EQ(result.response.body, R"({"results":["retry","retry"]})");
  });
  EXPECT_TRUE(test.applied.empty());
}

TEST(VirtualLink, ARequestServedAfterTheDeadlineIsAppliedAllTheSame) {
  TestWorld test({}, {.latency = 300ms});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 100ms, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(test.now(), kStart + 100ms);
    EXPECT_TRUE(test.applied.empty());
  });
  test.world.run_until(kStart + 1s);
  ASSERT_EQ(test.applied.size(), 1u);
  EXPECT_EQ(test.applied[0].at, kStart + kOneWay + 300ms);
  EXPECT_EQ(test.world.link().applied_late(), 1u);
}

TEST(VirtualLink, AnAnswerThatComesAfterTheDeadlineIsUnknownThoughApplied) {
  TestWorld test({}, {.latency = 1ms});
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 1ms + kOneWay + 1us, kNotCancelled);
    EXPECT_EQ(result.outcome, Outcome::unknown);
  });
  EXPECT_EQ(test.applied.size(), 1u);
}

TEST(VirtualLink, CancelledBeforeSendingIsNotSent) {
  TestWorld test;
  test.run([&] {
    const CancelFlag cancelled{true};
    const auto result = test.world.link().send(request_of({1}), kStart + 1s, cancelled);
    EXPECT_EQ(result.outcome, Outcome::not_sent);
    EXPECT_EQ(result.error.code, Code::cancelled);
  });
  EXPECT_EQ(test.model.requests(), 0u);
}

TEST(VirtualLink, CancelledOnItsWayIsUnknownSoonAfter) {
  TestWorld test({}, {.latency = 10s});
  CancelFlag cancel{false};
  test.world.at(kStart + 1s, [&] { cancel = true; });
  test.run([&] {
    const auto result = test.world.link().send(request_of({1}), kStart + 1h, cancel);
    EXPECT_EQ(result.outcome, Outcome::unknown);
    EXPECT_EQ(result.error.code, Code::cancelled);
    EXPECT_LE(test.now(), kStart + 1s + VirtualLink::kCancelPoll);
  });
  test.world.run_until(kStart + 20s);
  EXPECT_EQ(test.applied.size(), 1u);
}

TEST(VirtualLink, ARequestProceedsWhenItsClientIsAbandoned) {
  TestWorld test({}, {.latency = 10ms});
  const auto request = request_of({1});  // not on the fiber's stack, which is never unwound
  test.world.spawn("client", [&] { test.world.link().send(request, kStart + 1s, kNotCancelled); });
  test.world.run_until(kStart + 1ms);
  test.world.abandon();
  EXPECT_TRUE(test.applied.empty());
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(test.applied.size(), 1u);
}

TEST(VirtualLinkDeathTest, ABodyThatSaysOtherThanItsElementsIsADefect) {
  TestWorld test;
  EXPECT_DEATH(test.run([&] {
    auto request = request_of({1, 2});
    request.elements.pop_back();
    test.world.link().send(request, kStart + 1s, kNotCancelled);
  }),
               "names other records than its elements");
  EXPECT_DEATH(test.run([&] {
    auto request = request_of({1});
    request.body.pop_back();
    test.world.link().send(request, kStart + 1s, kNotCancelled);
  }),
               "not what the lineage service reads");
}

}  // namespace
}  // namespace holdfast::world
