// One upstream, two worlds: the same rules and the same requests, over real HTTP and over the
// simulated link, give the same outcomes and apply the same records.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/delivery/codecs/lineage.h"
#include "core/host/curl_transport.h"
#include "core/host/system_clock.h"
#include "core/host/thread_scheduler.h"
#include "simulator/upstream/http/http_server.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using namespace upstream;

constexpr std::uint64_t kSeed = 11;
constexpr std::size_t kRecords = 20;
constexpr std::uint64_t kBatches = 12;
constexpr std::uint32_t kAttempts = 3;
constexpr std::uint64_t kHalf = kCertain / 2;

// What a client learned of one request.
struct Learned {
  SendResult::Outcome outcome;
  Code code = Code::io;  // of an outcome without an answer
  int status = 0;
  std::vector<delivery::ElementResult> results{};  // empty: the answer cannot be read
  friend bool operator==(const Learned&, const Learned&) = default;
};

std::ostream& operator<<(std::ostream& out, const Learned& learned) {
  return out << "outcome " << static_cast<int>(learned.outcome) << ", code " << static_cast<int>(learned.code)
             << ", status " << learned.status << ", " << learned.results.size() << " results";
}

Learned learn(const SendResult& result) {
  if (result.outcome != SendResult::Outcome::response) return {result.outcome, result.error.code};
  auto results = delivery::LineageCodec().decode(result.response, kRecords);
  return {result.outcome,
          {},
          result.response.status,
          results ? std::move(*results) : std::vector<delivery::ElementResult>{}};
}

struct Story {
  std::vector<Learned> learned;
  std::uint64_t requests = 0;
  std::size_t applied = 0;  // with repeats
  std::size_t known_keys = 0;
  std::vector<std::uint64_t> fired;  // by rule
};

Request request_of(std::uint64_t batch, std::uint32_t attempt) {
  std::vector<delivery::DeliveryRecord> records;
  for (std::uint64_t i = 0; i < kRecords; ++i)
    records.push_back(
        {{1, batch * 1000 + i}, {.reference = i, .model = "m", .provider = "p", .operation = "o"}});
  return delivery::LineageCodec().encode(records, batch, attempt);
}

// A client in either world.
struct Client {
  Transport& transport;
  Scheduler& scheduler;
  const Clock& clock;
};
using Script = std::function<void(const Client&, Story&)>;

// Sends every batch so many times, one request after the other.
Script every_batch(Duration timeout) {
  return [timeout](const Client& client, Story& story) {
    const CancelFlag never{false};
    for (std::uint64_t batch = 1; batch <= kBatches; ++batch)
      for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt)
        story.learned.push_back(
            learn(client.transport.send(request_of(batch, attempt), client.clock.now() + timeout, never)));
  };
}

void conclude(const UpstreamModel& model, const std::vector<UpstreamRule>& rules, Story& story) {
  story.requests = model.requests();
  story.known_keys = model.known_keys();
  for (const auto& rule : rules) story.fired.push_back(model.fired(rule.name));
}

Story play_live(const std::vector<UpstreamRule>& rules, const Script& script) {
  Story story;
  UpstreamModel model({1ms, 64}, kSeed, [&](Time, const RequestElement&, bool) { ++story.applied; });
  auto server = HttpServer::start(model);
  EXPECT_TRUE(server);
  (*server)->arm(rules);
  host::CurlTransport transport((*server)->url());
  host::ThreadScheduler scheduler;
  const host::SystemClock clock;
  script({transport, scheduler, clock}, story);
  (*server)->stop();
  conclude(model, rules, story);
  return story;
}

Story play_virtual(const std::vector<UpstreamRule>& rules, const Script& script) {
  Story story;
  faultfs::Injector injector(kSeed);
  UpstreamModel model({1ms, 64}, kSeed, [&](Time, const RequestElement&, bool) { ++story.applied; });
  world::VirtualWorld world({.seed = kSeed}, injector, model);
  model.arm(rules, world.clock().now());
  EXPECT_TRUE(world.run([&] { script({world.link(), world.scheduler(), world.clock()}, story); }, Time(1h)));
  conclude(model, rules, story);
  return story;
}

struct Case {
  const char* name;
  std::vector<UpstreamRule> rules;
  Duration timeout = 20s;  // of a request; short where no answer is the point
};

UpstreamRule rule(std::string name, UpstreamEffect effect, std::uint64_t probability = kHalf) {
  return {.name = std::move(name), .effect = effect, .probability = probability};
}

std::vector<Case> cases() {
  return {
      {"nothing", {}},
      {"error", {rule("x", {.outage = Outage::error})}},
      {"error_rate", {rule("x", {.error_rate = kHalf}, kCertain)}},
      {"refuse", {rule("x", {.outage = Outage::refuse}, kCertain)}},
      {"hang", {rule("x", {.outage = Outage::hang}, kCertain / 6)}, 500ms},
      {"blackhole", {rule("x", {.outage = Outage::blackhole}, kCertain / 6)}, 500ms},
      {"reset_request", {rule("x", {.reset = Reset::request})}},
      {"reset_answer", {rule("x", {.reset = Reset::answer})}},
      {"answer_lost", {rule("x", {.answer = AnswerFault::lost})}},
      {"answer_truncated", {rule("x", {.answer = AnswerFault::truncated})}},
      {"partial", {rule("x", {.partial = kHalf})}},
      {"slow", {rule("x", {.slow = 20'000})}},
      {"latency", {rule("x", {.latency = 5ms})}},
      {"everything",
       {rule("delay", {.latency = 1ms}), rule("thin", {.slow = 50'000}), rule("some", {.partial = kHalf}),
        rule("other", {.partial = kHalf / 2}), rule("fails", {.error_rate = kHalf / 4}, kCertain),
        rule("drops", {.reset = Reset::request}, kHalf / 4), rule("cut", {.reset = Reset::answer}, kHalf / 4),
        rule("gone", {.answer = AnswerFault::lost}, kHalf / 4)}},
  };
}

void expect_same(const Story& live, const Story& simulated) {
  ASSERT_EQ(live.learned.size(), simulated.learned.size());
  for (std::size_t i = 0; i < live.learned.size(); ++i)
    EXPECT_EQ(live.learned[i], simulated.learned[i]) << "request " << i;
  EXPECT_EQ(live.applied, simulated.applied);
  EXPECT_EQ(live.known_keys, simulated.known_keys);
}

class UpstreamConformance : public testing::TestWithParam<Case> {};

TEST_P(UpstreamConformance, BothWorldsTellTheSameStory) {
  const auto& [name, rules, timeout] = GetParam();
  const Story live = play_live(rules, every_batch(timeout));
  const Story simulated = play_virtual(rules, every_batch(timeout));
  expect_same(live, simulated);
  // A port that is closed LIVE fires once, and no request of it is ever seen.
  if (rules.empty() || rules.front().effect.outage == Outage::refuse) return;
  EXPECT_EQ(live.requests, simulated.requests);
  EXPECT_EQ(live.fired, simulated.fired);
  for (const auto count : live.fired) EXPECT_GT(count, 0U) << "a rule that never fired shows nothing";
}

// ---- a client that gives up: what it may know, and what happens all the same ----

// The client's patience with one request: until when, and when somebody cancels it (0: never).
struct Patience {
  const char* name;
  std::vector<UpstreamRule> rules;
  Duration timeout;
  std::optional<Duration> cancelled_after;
  Learned learned;
  std::size_t applied;  // of kRecords, in the end
};

Script send_once(const Patience& patience) {
  return [patience](const Client& client, Story& story) {
    CancelFlag cancel{patience.cancelled_after == Duration{0}};
    const Time begin = client.clock.now();
    const auto canceller = client.scheduler.spawn("cancels", [&] {
      if (!patience.cancelled_after) return;
      client.scheduler.sleep_until(begin + *patience.cancelled_after);
      cancel = true;
    });
    story.learned.push_back(learn(client.transport.send(request_of(1, 0), begin + patience.timeout, cancel)));
    EXPECT_TRUE(canceller->join(kNever));
    client.scheduler.sleep_until(begin + 1s);  // what the upstream serves without a client is done by then
  };
}

std::vector<Patience> kinds_of_patience() {
  using Outcome = SendResult::Outcome;
  const std::vector<UpstreamRule> slow = {rule("slow", {.latency = 400ms}, kCertain)};
  const std::vector<UpstreamRule> hang = {rule("hang", {.outage = Outage::hang}, kCertain)};
  return {
      {"CancelledBeforeItIsSent", {}, 5s, 0ms, {Outcome::not_sent, Code::cancelled}, 0},
      {"CancelledWhileServed", slow, 5s, 100ms, {Outcome::unknown, Code::cancelled}, kRecords},
      {"CancelledWhileItHangs", hang, 5s, 100ms, {Outcome::unknown, Code::cancelled}, 0},
      {"DeadlineHasPassed", {}, -1s, std::nullopt, {Outcome::not_sent, Code::timeout}, 0},
      {"DeadlineWhileServed", slow, 100ms, std::nullopt, {Outcome::unknown, Code::timeout}, kRecords},
      {"DeadlineWhileItHangs", hang, 100ms, std::nullopt, {Outcome::unknown, Code::timeout}, 0},
  };
}

class UpstreamPatience : public testing::TestWithParam<Patience> {};

TEST_P(UpstreamPatience, BothWorldsTellTheSameStory) {
  for (const auto play : {play_live, play_virtual}) {
    const Story story = play(GetParam().rules, send_once(GetParam()));
    EXPECT_EQ(story.learned.front(), GetParam().learned) << (play == play_live ? "live" : "virtual");
    EXPECT_EQ(story.applied, GetParam().applied) << (play == play_live ? "live" : "virtual");
  }
}

INSTANTIATE_TEST_SUITE_P(All, UpstreamPatience, testing::ValuesIn(kinds_of_patience()),
                         [](const auto& chosen) { return chosen.param.name; });

INSTANTIATE_TEST_SUITE_P(Faults, UpstreamConformance, testing::ValuesIn(cases()),
                         [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace holdfast
