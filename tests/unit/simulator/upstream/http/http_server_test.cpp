#include "simulator/upstream/http/http_server.h"

#include <unistd.h>

#include <thread>

#include "tests/unit/simulator/upstream/http/http_fixture.h"

namespace holdfast::upstream {
namespace {

class HttpServerTest : public HttpFixture {};

TEST_F(HttpServerTest, AcceptsABatchOnceAndKnowsItTheSecondTime) {
  start();
  const delivery::LineageCodec codec;
  const auto first = send(batch(1));
  ASSERT_EQ(first.outcome, SendOutcome::response) << first.error.message;
  EXPECT_EQ(codec.decode(first.response, 2), std::vector(2, ElementResult::accepted));
  const auto second = send(batch(1, 1));
  EXPECT_EQ(codec.decode(second.response, 2), std::vector(2, ElementResult::duplicate));
  EXPECT_EQ(applied_, 4);
  server_->stop();
  EXPECT_EQ(model_->known_keys(), 2U);
  EXPECT_TRUE(model_->knows({1, 1000}));
}

TEST_F(HttpServerTest, AnswersHealthAndRefusesWhatItDoesNotKnow) {
  start();
  const auto health = send(delivery::LineageCodec().health_check());
  EXPECT_EQ(health.response.status, 200);
  EXPECT_EQ(health.response.body, R"({"status":"ok"})");
  EXPECT_EQ(send(raw("POST", "/elsewhere")).response.status, 404);
  EXPECT_EQ(send(raw("GET", std::string(delivery::kLineageTarget))).response.status, 405);
  EXPECT_EQ(send(raw("POST", "/health")).response.status, 405);
}

TEST_F(HttpServerTest, AppliesNothingOfAMalformedBodyAndSaysWhy) {
  start();
  const auto target = std::string(delivery::kLineageTarget);
  const auto result = send(raw("POST", target, R"([{"key":"0000000000000001-1","reference":1},{}])"));
  EXPECT_EQ(result.response.status, 400);
  EXPECT_EQ(result.response.body, R"({"error":"element 1: it has no 'key'"})");
  EXPECT_EQ(send(batch(1)).response.status, 200) << "the connection goes on";
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpServerTest, RefusesABodyThatIsTooLarge) {
  start({0ms, 64}, {.max_body_bytes = 1000});
  EXPECT_EQ(
      send(raw("POST", std::string(delivery::kLineageTarget), std::string(2'000'000, ' '))).response.status,
      413);
  EXPECT_EQ(send(batch(1)).response.status, 200);
}

TEST_F(HttpServerTest, IsWakefulOnlyWhenAskedAndServesWhetherOrNotItIsGranted) {
  start();
  EXPECT_FALSE(server_->wakeful());
  start({0ms, 64}, {.wakeful = true});
  EXPECT_EQ(server_->wakeful(), ::access("/dev/cpu_dma_latency", W_OK) == 0);
  EXPECT_EQ(send(batch(1)).response.status, 200);
  server_->stop();
  EXPECT_FALSE(server_->wakeful()) << "given back";
}

TEST_F(HttpServerTest, ServesNoSoonerThanItsLatency) {
  start({5ms, 64});
  const Time before = now();
  EXPECT_EQ(send(batch(1)).response.status, 200);
  EXPECT_GE(now() - before, 5ms);
}

TEST_F(HttpServerTest, AddsTheLatencyOfARuleAndReportsIt) {
  start();
  server_->arm({{"slow", {}, Duration::max(), {.latency = 7ms}}});
  const Time before = now();
  EXPECT_EQ(send(batch(5, 2)).response.status, 200);
  EXPECT_GE(now() - before, 7ms);
  server_->stop();
  EXPECT_EQ(last_event_.rule, "slow");
  EXPECT_EQ(last_event_.decision, "delay 7ms");
  EXPECT_EQ(last_event_.batch, 5U);
  EXPECT_EQ(last_event_.attempt, 2U);
}

TEST_F(HttpServerTest, NeverServesMoreAtOnceThanItsConcurrency) {
  start({4ms, 2});
  const Time before = now();
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 6; ++i)
    threads.emplace_back([&, i] { EXPECT_EQ(send(batch(i)).response.status, 200); });
  for (auto& thread : threads) thread.join();
  EXPECT_GE(now() - before, 12ms) << "six requests of 4 ms, two at once";
  EXPECT_EQ(applied_, 12);
}

TEST_F(HttpServerTest, RefusesWhileAwayAndListensOnTheSamePortOnceHealed) {
  start();
  const auto port = server_->port();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(send(batch(1)).response.status, 200);
    server_->arm({outage(Outage::refuse)});
    EXPECT_EQ(send(batch(2)).outcome, SendOutcome::not_sent) << "the kept connection was closed too";
    EXPECT_EQ(send(batch(2)).outcome, SendOutcome::not_sent);
    server_->heal();
    EXPECT_EQ(server_->port(), port);
  }
  EXPECT_EQ(send(batch(2)).response.status, 200);
  server_->inspect([](const UpstreamModel& model) { EXPECT_EQ(model.fired("away"), 3U); });
}

TEST_F(HttpServerTest, GivesItsPortToNobodyWhileItRefuses) {
  start();
  server_->arm({outage(Outage::refuse)});
  UpstreamModel other({}, 1);
  auto thief = HttpServer::start(other, {.port = 0});
  ASSERT_TRUE(thief);
  EXPECT_NE((*thief)->port(), server_->port());
}

TEST_F(HttpServerTest, FailsToStartOnAPortThatIsTaken) {
  start();
  UpstreamModel other({}, 1);
  const auto second = HttpServer::start(other, {.port = server_->port()});
  ASSERT_FALSE(second);
  EXPECT_FALSE(second.error().message.empty());
}

TEST_F(HttpServerTest, OpensItsPortByItselfWhenTheWindowEnds) {
  start();
  server_->arm({outage(Outage::refuse, 0ms, 150ms)});
  EXPECT_EQ(send(batch(1)).outcome, SendOutcome::not_sent);
  const Time limit = now() + 10s;
  SendResult result = send(batch(1));
  while (result.outcome == SendOutcome::not_sent && now() < limit) {
    std::this_thread::sleep_for(2ms);
    result = send(batch(1));
  }
  EXPECT_EQ(result.response.status, 200);
}

TEST_F(HttpServerTest, ClosesItsPortByItselfWhenTheWindowBegins) {
  start();
  server_->arm({outage(Outage::refuse, 20ms)});
  const Time limit = now() + 10s;
  while (send(batch(1)).outcome != SendOutcome::not_sent && now() < limit) std::this_thread::sleep_for(2ms);
  EXPECT_EQ(send(batch(1)).outcome, SendOutcome::not_sent);
}

TEST_F(HttpServerTest, AppliesARequestWhoseConnectionWasResetMeanwhile) {
  start({250ms, 64});
  std::thread client([&] { EXPECT_EQ(send(batch(1)).outcome, SendOutcome::unknown); });
  while (requests() == 0) std::this_thread::sleep_for(1ms);
  server_->arm({outage(Outage::refuse)});
  client.join();
  const Time limit = now() + 10s;
  while (applied_ < 2 && now() < limit) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpServerTest, AppliesARequestWhoseClientGaveUp) {
  start({250ms, 64});
  EXPECT_EQ(send(batch(1), 60ms).outcome, SendOutcome::unknown);
  const Time limit = now() + 10s;
  while (applied_ < 2 && now() < limit) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(applied_, 2);
  const auto again = send(batch(1, 1));
  EXPECT_EQ(delivery::LineageCodec().decode(again.response, 2), std::vector(2, ElementResult::duplicate));
}

TEST_F(HttpServerTest, HangsUntilTheClientsDeadline) {
  start();
  server_->arm({outage(Outage::hang)});
  const auto result = send(batch(1), 60ms);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_EQ(send(delivery::LineageCodec().health_check(), 60ms).outcome, SendOutcome::unknown);
  EXPECT_EQ(applied_, 0);
}

TEST_F(HttpServerTest, HealingEndsRequestsThatHang) {
  start();
  server_->arm({outage(Outage::hang)});
  std::thread client([&] {
    const auto result = send(batch(1), 600s);
    EXPECT_EQ(result.outcome, SendOutcome::unknown);
    EXPECT_NE(result.error.code, Code::timeout);
  });
  while (requests() == 0) std::this_thread::sleep_for(1ms);
  server_->heal();
  client.join();
  EXPECT_EQ(send(batch(1, 1)).response.status, 200);
}

TEST_F(HttpServerTest, ACancelEndsTheWaitForAHangingUpstream) {
  start();
  server_->arm({outage(Outage::hang)});
  CancelFlag cancel = false;
  std::thread canceller([&] {
    while (requests() == 0) std::this_thread::sleep_for(1ms);
    cancel = true;
  });
  const auto result = transport_->send(batch(1), kNever, cancel);
  canceller.join();
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::cancelled);
}

TEST_F(HttpServerTest, Answers503DuringAnOutageOfErrors) {
  start();
  server_->arm({outage(Outage::error)});
  EXPECT_EQ(send(batch(1)).response.status, 503);
  EXPECT_EQ(send(delivery::LineageCodec().health_check()).response.status, 503);
  server_->heal();
  EXPECT_EQ(send(batch(1, 1)).response.status, 200);
  EXPECT_EQ(applied_, 2);
}

TEST_F(HttpServerTest, DrawsErrorsByBatchAndAttemptAsTheModelDoes) {
  start();
  const std::vector<UpstreamRule> rules{{"flaky", {}, Duration::max(), {.error_rate = 500'000'000}}};
  server_->arm(rules);
  UpstreamModel twin({0ms, 64}, 1);
  twin.arm(rules, Time(0s));
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::uint32_t attempt = i % 3;
    EXPECT_EQ(send(batch(i, attempt)).response.status, twin.arrive({}, i, attempt, Time(1s)).status) << i;
  }
}

TEST_F(HttpServerTest, ClosesConnectionsBeyondItsLimit) {
  start({30ms, 64}, {.max_connections = 2});
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 5; ++i)
    threads.emplace_back([&, i] { answered += send(batch(i)).outcome == SendOutcome::response; });
  for (auto& thread : threads) thread.join();
  EXPECT_GE(answered, 2);
  EXPECT_EQ(applied_, answered * 2);
}

TEST_F(HttpServerTest, StopsWhileRequestsWait) {
  start({600s, 64});
  std::thread client([&] { EXPECT_EQ(send(batch(1), 600s).outcome, SendOutcome::unknown); });
  while (requests() == 0) std::this_thread::sleep_for(1ms);
  server_->stop();
  client.join();
  EXPECT_EQ(applied_, 0);
}

}  // namespace
}  // namespace holdfast::upstream
