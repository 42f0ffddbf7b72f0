// A tracker in a virtual world: its disk, its upstream, its faults, and a witness of what it says.
//
//   TrackerWorld world;
//   world.run([&] {                                  // the program that embeds the tracker
//     auto tracker = world.open();
//     world.offer(*tracker, 100);
//     world.sleep(1s);
//     EXPECT_TRUE(tracker->close(1s));
//     EXPECT_TRUE(tracker->stats().conserved());
//   });
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/delivery/held_record.h"
#include "core/ingest/record_frame.h"
#include "core/spool/inspect.h"
#include "core/tracker.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast {

using namespace std::chrono_literals;
using faultfs::Operation;
using upstream::Outage;

// What the tracker tells its observer; part of the harness, whichever worker tells it.
class Witness final : public Observer {
 public:
  void on_durable(Time, const DurableClaim& claim) override {
    const world::HarnessScope scope;
    durable.insert(claim.references.begin(), claim.references.end());
    std::uint64_t begin = claim.begin;
    for (std::size_t i = 0; i < claim.references.size(); ++i, begin = claim.ends[i - 1])
      frames[claim.references[i]] = {std::string(claim.path.substr(claim.path.rfind('/') + 1)), begin,
                                     claim.ends[i]};
    EXPECT_EQ(begin, claim.end) << "the frames of a claim are its bytes";
  }
  void on_acknowledged(Time, std::span<const std::uint64_t> references) override {
    const world::HarnessScope scope;
    acknowledged.insert(references.begin(), references.end());
  }
  void on_dropped(Time, std::uint64_t reference, DropReason reason) override {
    const world::HarnessScope scope;
    dropped[reference].push_back(reason);
  }
  std::size_t dropped_for(DropReason reason) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(dropped, [&](const auto& drop) { return drop.second == std::vector{reason}; }));
  }

  // Where the frame of a durable record lies.
  struct Frame {
    std::string file;  // without its directory
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  std::set<std::uint64_t> durable;
  std::map<std::uint64_t, Frame> frames;  // by reference
  std::set<std::uint64_t> acknowledged;
  std::map<std::uint64_t, std::vector<DropReason>> dropped;  // by reference: every reason given
};

// An upstream that answers as a test pleases, 1 ms after it was asked.
class ScriptedTransport final : public Transport {
 public:
  using Answer = std::function<SendResult(const Request&)>;

  ScriptedTransport(Scheduler& scheduler, const Clock& clock, Answer answer)
      : scheduler_(scheduler), clock_(clock), answer_(std::move(answer)) {}

  SendResult send(const Request& request, Time, const CancelFlag&) override {
    const world::HarnessScope scope;
    scheduler_.sleep_until(clock_.now() + 1ms);
    requests.push_back(request);
    return answer_(request);
  }

  std::vector<Request> requests;

 private:
  Scheduler& scheduler_;
  const Clock& clock_;
  Answer answer_;
};

inline SendResult answer(int status, std::string body = {}, Duration retry_after = Duration{0}) {
  return {SendResult::Outcome::response, {status, std::move(body), retry_after}, {}};
}

// 200 with one word per element.
inline SendResult answer_each(const Request& request,
                              const std::function<const char*(const RequestElement&)>& word) {
  std::string body = "{\"results\":[";
  for (const auto& element : request.elements) {
    if (body.back() != '[') body += ',';
    body.append("\"").append(word(element)).append("\"");
  }
  return answer(200, body + "]}");
}

inline faultfs::Rule failing(Operation operation, int error, std::string path = "**") {
  return {.name = "fails " + path,
          .when = {.operations = {operation}, .path = std::move(path)},
          .effect = {.error = faultfs::ErrorEffect{error}}};
}
inline faultfs::Rule full(std::uint64_t left_bytes) {
  return {.name = "fills", .when = {}, .effect = {.full = faultfs::FullEffect{left_bytes}}};
}
inline faultfs::Rule slow(Duration delay, std::vector<Operation> operations = {}) {
  return {.name = "slow",
          .when = {.operations = std::move(operations)},
          .effect = {.latency = faultfs::LatencyEffect{delay}}};
}
inline upstream::UpstreamRule away(Outage outage) { return {.name = "away", .effect = {.outage = outage}}; }

struct TrackerWorld {
  static inline const std::string kDirectory = "/mnt/spool";

  explicit TrackerWorld(std::uint64_t fault_seed = 1)
      : injector(fault_seed, [this](const faultfs::FaultEvent& event) { faults.push_back(event); }),
        model({}, 1,
              [this](Time, const RequestElement& element, bool) {
                deliveries[element.reference].push_back(element.key);
              }),
        world({}, injector, model),
        env(world.environment()) {
    options.ring.bytes = 64 * 1024;
    options.spool.directory = kDirectory;
    options.spool.max_bytes = 1 << 20;
    options.spool.segment_bytes = 16 * 1024;
    options.spool.commit_records = 100;
    options.delivery.timeout = 1s;
    options.delivery.batch.max_records = 20;
    options.delivery.backoff.max = 500ms;
    options.delivery.breaker.max_open_time = 1s;
  }

  // Plays the body as a task of the tracker's node, to its end.
  void run(std::function<void()> body) {
    const auto main = env.scheduler.spawn("main", std::move(body));
    EXPECT_TRUE(world.run_until_done(*main, Time(24h))) << "the program hangs";
  }

  std::unique_ptr<Tracker> open() { return open_in(env); }
  std::unique_ptr<Tracker> open_in(Environment environment) {
    auto tracker = Tracker::open(environment, options, &witness);
    EXPECT_TRUE(tracker) << (tracker ? "" : tracker.error().message);
    return std::move(*tracker);
  }
  Environment with_transport(Transport& transport) const {
    return {env.clock, env.scheduler, env.files, transport, env.random, env.log};
  }

  static UsageRecord usage(std::uint64_t reference) {
    return {.input_tokens = 1, .reference = reference, .model = "m", .provider = "p", .operation = "chat"};
  }
  // Offers records with the references that follow those offered before; gives how many were taken.
  std::size_t offer(Producer& producer, std::size_t count) {
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < count; ++i)
      if (producer.record(usage(next_reference++)) == Outcome::accepted) ++accepted;
    world::VirtualWorld::ring_filled(env);
    return accepted;
  }
  std::size_t offer(Tracker& tracker, std::size_t count) {
    auto producer = tracker.make_producer();
    return offer(producer, count);
  }

  Time now() const { return env.clock.now(); }
  void sleep(Duration duration) { env.scheduler.sleep_until(now() + duration); }
  template <class Condition>
  bool wait_for(Duration within, Condition&& condition) {
    for (const Time deadline = now() + within; now() < deadline; sleep(1ms))
      if (condition()) return true;
    return condition();
  }

  void arm(std::vector<faultfs::Rule> rules) { injector.arm({.rules = std::move(rules)}, now()); }
  void arm(upstream::UpstreamRule rule) { model.arm({std::move(rule)}, now()); }
  void heal_disk() { injector.heal(now()); }
  void heal_upstream() { model.heal(now()); }

  // References of the records that the closed spool holds, over all its locations.
  std::set<std::uint64_t> in_spool() {
    std::set<std::uint64_t> references;
    for (const auto& directory : options.spool.directories()) {
      auto inspection = spool::inspect(env.files, directory, [&](const spool::InspectedFrame& frame) {
        EXPECT_TRUE(references.insert(ingest::frame_reference(frame.payload)).second) << "twice in the spool";
      });
      EXPECT_TRUE(inspection);
    }
    return references;
  }
  // Every record offered so far arrived, each under one key of its own, `times` times at most.
  void expect_all_delivered(std::size_t times = 1) {
    EXPECT_EQ(deliveries.size(), next_reference - 1);
    std::set<RecordKey> keys;
    for (const auto& [reference, received] : deliveries) {
      EXPECT_LE(received.size(), times) << "record " << reference;
      for (const auto& key : received) EXPECT_EQ(key, received.front()) << "record " << reference;
      EXPECT_TRUE(keys.insert(received.front()).second) << "two records under one key";
    }
  }

  std::vector<faultfs::FaultEvent> faults;  // all that were injected
  faultfs::Injector injector;
  std::map<std::uint64_t, std::vector<RecordKey>> deliveries;  // by reference
  upstream::UpstreamModel model;
  world::VirtualWorld world;
  Environment env;
  Options options;
  Witness witness;
  std::atomic<std::uint64_t> next_reference{1};
};

}  // namespace holdfast
