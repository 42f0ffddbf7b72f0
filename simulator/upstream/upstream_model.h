// The upstream service as a pure model: how long a request takes, what it answers, which records it
// knows. The HTTP server (LIVE) and the simulated link (VIRTUAL) are the same model with another
// clock. No thread, socket or clock inside; the owner serialises and passes `now`.
//
//   auto plan = model.arrive(elements, batch, attempt, now);
//   ... do what plan.kind says; if it is serve, wait until plan.at, then ...
//   auto answer = model.complete(plan, elements, now);
//
// Service: `concurrency` requests are served at once, each for `latency` and for as long as its
// answer trickles; the others wait their turn, first come first served. Faults are decided in
// fault_decision.h.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/env/transport.h"
#include "simulator/upstream/fault_decision.h"
#include "simulator/upstream/key_set.h"
#include "simulator/upstream/upstream_fault.h"

namespace holdfast::upstream {

struct UpstreamSettings {
  Duration latency = std::chrono::milliseconds(1);
  std::uint32_t concurrency = 64;
};

// What somebody finds who comes to the upstream's port.
enum class Port : std::uint8_t {
  open,
  closed,       // an armed `outage: refuse`
  unreachable,  // an armed `outage: blackhole` that swallows everything
};

enum class ElementStatus : std::uint8_t { accepted, duplicate, retry };

// One line of the upstream's own faults.jsonl.
struct UpstreamEvent {
  Time time;
  std::string rule;
  std::uint64_t batch = 0;
  std::uint32_t attempt = 0;
  std::string decision;  // "refuse", "answer 503", "delay 49ms"; docs/formats.md lists them
};

class UpstreamModel {
 public:
  // Called once per element that is applied: key, reference, and whether the key was known.
  using Applied = std::function<void(Time, const RequestElement&, bool duplicate)>;
  using Sink = std::function<void(const UpstreamEvent&)>;
  // Called once per request that reached the service, with its elements, whatever becomes of it.
  using Attempted = std::function<void(Time, std::span<const RequestElement>)>;

  UpstreamModel(UpstreamSettings settings, std::uint64_t seed, Applied applied = {}, Sink sink = {},
                Attempted attempted = {});

  // Replaces the armed rules. Requests already arrived keep their plan.
  void arm(std::vector<UpstreamRule> rules, Time now);
  void heal(Time now) { arm({}, now); }

  // How often the rules were replaced: a request that hangs does so until this changes.
  std::uint64_t armings() const { return armings_; }

  Port port(Time now) const;
  // When `port` may next change by itself (a window's edge); kNever if it does not.
  Time next_change(Time now) const;

  Plan arrive(std::span<const RequestElement> elements, std::uint64_t batch, std::uint32_t attempt, Time now);
  // Applies a served request and gives one status per element, in order.
  std::vector<ElementStatus> complete(const Plan& plan, std::span<const RequestElement> elements, Time now);

  std::uint64_t requests() const { return requests_; }
  std::uint64_t fired() const { return fired_; }
  std::uint64_t fired(const std::string& rule) const;
  std::size_t known_keys() const { return keys_.size(); }
  bool knows(const RecordKey& key) const { return keys_.contains(key); }

 private:
  // The rule that keeps everybody from the port, or null while it is open.
  const UpstreamRule* barrier(Time now) const;
  // Occupies the server that is free first for `service`; gives the time it is done.
  Time serve(Time now, Duration service);
  ElementStatus apply(const RequestElement& element, Time now);
  void report(const Decision& decision, std::uint64_t batch, std::uint32_t attempt, Time now);

  UpstreamSettings settings_;
  std::uint64_t seed_;
  Applied applied_;
  Sink sink_;
  Attempted attempted_;
  std::vector<UpstreamRule> rules_;
  std::uint64_t armings_ = 0;
  std::uint64_t arrived_ = 0;  // at the open port, since arming
  Time armed_at_{};
  std::priority_queue<Time, std::vector<Time>, std::greater<>> busy_until_;  // one entry per busy server
  KeySet keys_;
  std::unordered_map<std::string, std::uint64_t> fired_by_rule_;
  std::uint64_t requests_ = 0;
  std::uint64_t fired_ = 0;
};

}  // namespace holdfast::upstream
