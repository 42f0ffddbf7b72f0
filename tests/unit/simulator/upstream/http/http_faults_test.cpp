// Faults of the connection and of the answer, as a client meets them over real HTTP.
#include <algorithm>
#include <thread>

#include "tests/unit/simulator/upstream/http/http_fixture.h"

namespace holdfast::upstream {
namespace {

class HttpFaultsTest : public HttpFixture {
 protected:
  void arm(UpstreamEffect effect, std::uint64_t probability = kCertain) {
    server_->arm({{.name = "fault", .effect = effect, .probability = probability}});
  }
  void warm_up() { ASSERT_EQ(send(batch(999)).response.status, 200); }  // leaves a connection open
  std::uint64_t fired() {
    std::uint64_t count = 0;
    server_->inspect([&](const UpstreamModel& model) { count = model.fired("fault"); });
    return count;
  }
  static Result<std::vector<ElementResult>> results(const SendResult& result, std::size_t count = 2) {
    return delivery::LineageCodec().decode(result.response, count);
  }
};

TEST_F(HttpFaultsTest, AResetInsteadOfReadingIsUnknownAndAppliesNothing) {
  start();
  warm_up();
  arm({.reset = Reset::request});
  for (const std::uint64_t id : {1, 2}) {  // on an open connection, and on a new one
    const auto result = send(batch(id));
    EXPECT_EQ(result.outcome, SendOutcome::unknown);
    EXPECT_EQ(result.error.code, Code::unavailable);
  }
  EXPECT_EQ(applied_, 2);
  EXPECT_EQ(requests(), 3U) << "each was sent once";
}

TEST_F(HttpFaultsTest, AResetOfTheAnswerIsUnknownThoughApplied) {
  start();
  arm({.reset = Reset::answer});
  const auto result = send(batch(1));
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::unavailable);
  EXPECT_EQ(applied_, 2);
  server_->heal();
  EXPECT_EQ(results(send(batch(1, 1))), std::vector(2, ElementResult::duplicate));
}

TEST_F(HttpFaultsTest, ALostAnswerIsUnknownThoughApplied) {
  start();
  warm_up();
  arm({.answer = AnswerFault::lost});
  for (const std::uint32_t attempt : {0, 1}) {
    const auto result = send(batch(1, attempt));
    EXPECT_EQ(result.outcome, SendOutcome::unknown);
    EXPECT_EQ(result.error.code, Code::unavailable);
  }
  server_->heal();
  EXPECT_EQ(results(send(batch(1, 2))), std::vector(2, ElementResult::duplicate));
  server_->stop();
  EXPECT_EQ(model_->known_keys(), 4U);
}

TEST_F(HttpFaultsTest, ATruncatedAnswerIsAResponseThatCannotBeRead) {
  start();
  arm({.answer = AnswerFault::truncated});
  const auto result = send(batch(1));
  ASSERT_EQ(result.outcome, SendOutcome::response);
  EXPECT_EQ(result.response.status, 200);
  EXPECT_EQ(results(result).error().code, Code::corrupted);
  EXPECT_EQ(applied_, 2);
  server_->heal();
  EXPECT_EQ(results(send(batch(1, 1))), std::vector(2, ElementResult::duplicate)) << "the connection goes on";
}

TEST_F(HttpFaultsTest, ASlowAnswerTricklesAndArrivesWhole) {
  start();
  arm({.slow = 4000});
  const Time before = now();
  const auto result = send(batch(1, 0, 50));
  EXPECT_GE(now() - before, trickle_time(answer_bytes(50), 4000)) << "140 ms";
  EXPECT_EQ(results(result, 50), std::vector(50, ElementResult::accepted));
  EXPECT_EQ(send(batch(2)).response.status, 200) << "the connection goes on";
}

TEST_F(HttpFaultsTest, ASlowAnswerEndsAtTheClientsDeadline) {
  start();
  arm({.slow = 10});
  const auto result = send(batch(1), 150ms);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpFaultsTest, PartialAppliesTheOthersAndAsksForItsShareAgain) {
  start();
  arm({.partial = kCertain / 2});
  const auto first = results(send(batch(1, 0, 100)), 100);
  ASSERT_TRUE(first);
  const auto again = std::ranges::count(*first, ElementResult::retry);
  EXPECT_GT(again, 20);
  EXPECT_LT(again, 80);
  EXPECT_EQ(applied_, 100 - again);
  server_->heal();
  const auto second = results(send(batch(1, 1, 100)), 100);
  EXPECT_EQ(std::ranges::count(*second, ElementResult::accepted), again);
}

TEST_F(HttpFaultsTest, ABlackholeKeepsSilentOnAnOpenConnection) {
  start();
  warm_up();
  arm({.outage = Outage::blackhole});
  const auto result = send(batch(1), 100ms);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_EQ(requests(), 1U) << "it never arrived";
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpFaultsTest, ABlackholeAnswersNoAttemptToConnect) {
  start();
  arm({.outage = Outage::blackhole});
  for (const std::uint64_t id : {1, 2, 3}) {
    const Time deadline = now() + 100ms;
    const auto result = send(batch(id), 100ms);
    EXPECT_EQ(result.outcome, SendOutcome::not_sent) << result.error.message;
    EXPECT_EQ(result.error.code, Code::timeout);
    EXPECT_GE(now(), deadline - 1ms);
  }
  EXPECT_GE(fired(), 1U);
  server_->heal();
  EXPECT_EQ(send(batch(4)).response.status, 200);
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpFaultsTest, AClientThatWaitsForItsConnectionGetsInWhenTheBlackholeEnds) {
  start();
  arm({.outage = Outage::blackhole});
  std::thread client([&] { EXPECT_EQ(send(batch(1), 60s).response.status, 200); });
  std::this_thread::sleep_for(50ms);
  server_->heal();
  client.join();
}

TEST_F(HttpFaultsTest, AnAnswerThatFallsDueInABlackholeIsLost) {
  start({200ms, 64});
  warm_up();
  std::thread client([&] { EXPECT_EQ(send(batch(1), 600ms).error.code, Code::timeout); });
  while (requests() < 2) std::this_thread::sleep_for(1ms);
  arm({.outage = Outage::blackhole});
  client.join();
  EXPECT_EQ(applied_, 4);
}

TEST_F(HttpFaultsTest, HealingEndsNoRequestThatVanished) {
  start();
  arm({.outage = Outage::blackhole}, kCertain - 1);  // the port is open
  std::thread client([&] {
    const auto result = send(batch(1), 300ms);
    EXPECT_EQ(result.outcome, SendOutcome::unknown);
    EXPECT_EQ(result.error.code, Code::timeout);
  });
  while (fired() == 0) std::this_thread::sleep_for(1ms);
  server_->heal();
  client.join();
  EXPECT_EQ(applied_, 0);
}

TEST_F(HttpFaultsTest, OutagesFollowEachOtherOnOnePort) {
  start();
  const auto port = server_->port();
  for (int round = 0; round < 2; ++round) {
    arm({.outage = Outage::blackhole});
    arm({.outage = Outage::refuse});
    EXPECT_EQ(send(batch(1)).error.code, Code::unavailable);
    arm({.outage = Outage::blackhole});
    EXPECT_EQ(send(batch(1), 60ms).error.code, Code::timeout);
    server_->heal();
    EXPECT_EQ(send(batch(1)).response.status, 200);
    EXPECT_EQ(server_->port(), port);
  }
}

}  // namespace
}  // namespace holdfast::upstream
