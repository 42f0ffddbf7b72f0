// The Transport port over a simulated link to the upstream model: no socket, no bytes on a wire, the
// same service, the same faults, the same answers as the HTTP server gives.
//
//   VirtualLink link(kernel, model, {.latency = 5us});
//   auto result = link.send(request, deadline, cancel);      // on a fiber
//
// A request takes `latency` to arrive, the answer takes it again. What then happens is the upstream's
// affair alone: a request that it serves is applied at its time even when the client has given up
// (deadline, cancel, crash), and the client knows no more than `unknown`. A refused connection is
// `not_sent` after kRefusal; whatever else brings no answer is `unknown`, also a request that
// vanishes (the link has no connections, of which a new one would be `not_sent`). A cancel flag, and
// whether a request that hangs was ended by new rules, is looked at every kCancelPoll.
//
// Keys travel beside the body (Request::elements), so no JSON is read; of every kCheckedRequests
// bodies one is parsed all the same, and must say what its elements say.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/env/transport.h"
#include "simulator/upstream/upstream_model.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

struct LinkSettings {
  Duration latency = std::chrono::microseconds(5);  // one way; a loopback round trip is about 10 us
};

class VirtualLink final : public Transport {
 public:
  static constexpr Duration kRefusal = std::chrono::microseconds(50);
  static constexpr Duration kCancelPoll = std::chrono::milliseconds(50);
  static constexpr std::uint64_t kCheckedRequests = 64;

  VirtualLink(Kernel& kernel, upstream::UpstreamModel& model, LinkSettings settings)
      : kernel_(kernel), model_(model), settings_(settings) {}

  SendResult send(const Request& request, Time deadline, const CancelFlag& cancel) override;

  std::uint64_t requests() const { return requests_; }
  // Requests whose client left before they were applied.
  std::uint64_t applied_late() const { return applied_late_; }

 private:
  // A request that the upstream is serving. The link owns it, since its client may be gone before
  // it is applied; whoever sees it last lets it go.
  struct Flight {
    upstream::Plan plan;
    std::vector<RequestElement> elements;
    std::vector<upstream::ElementStatus> answer;
    bool applied = false;
    WaitList client;  // empty before it was applied: nobody will ask for the answer
  };

  enum class Waited : std::uint8_t { done, deadline, cancelled };

  // How long the client waits, and what makes it give up before.
  struct Patience {
    Time deadline;
    const CancelFlag& cancel;
  };

  SendResult exchange(const Request& request, const Patience& patience);
  SendResult follow(const Request& request, upstream::Plan plan, const Patience& patience);
  SendResult serve(const Request& request, upstream::Plan plan, const Patience& patience);
  SendResult answer(Flight& flight, const Patience& patience);
  // The result once `at` has come, `unknown` if the client gives up before.
  SendResult after(Time at, SendResult result, const Patience& patience);
  SendResult hang(const Patience& patience);
  static SendResult gave_up(Waited waited);
  // Until `at`; if there is a flight, until it was applied, which is then.
  Waited wait(Flight* flight, Time at, const Patience& patience);
  Flight& take_off(const Request& request, upstream::Plan plan);
  void apply(Flight& flight);
  void land(Flight& flight) { free_flights_.push_back(&flight); }
  void check_body(const Request& request) const;

  Kernel& kernel_;
  upstream::UpstreamModel& model_;
  LinkSettings settings_;
  std::deque<Flight> flights_;
  std::vector<Flight*> free_flights_;
  std::uint64_t requests_ = 0;
  std::uint64_t applied_late_ = 0;
};

}  // namespace holdfast::world
