#include "simulator/world/virtual/virtual_link.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::world {
namespace {

SendResult not_sent(Code code, const char* why) { return {SendResult::Outcome::not_sent, {}, {code, why}}; }
SendResult unknown(Code code, const char* why) { return {SendResult::Outcome::unknown, {}, {code, why}}; }
SendResult answered(int status, std::string body) {
  return {SendResult::Outcome::response, {status, std::move(body)}, {}};
}

std::uint64_t digest_of(const Request& request) {
  std::uint64_t word = digest(request.batch, request.attempt);
  word = digest(word, digest(std::string_view(request.target)));
  word = digest(word, digest(std::string_view(request.body)));
  for (const auto& element : request.elements)
    word = digest(word ^ element.reference, digest(element.key.epoch, element.key.sequence));
  return word;
}

std::uint64_t digest_of(const SendResult& result) {
  const auto kind =
      digest(static_cast<std::uint64_t>(result.outcome), static_cast<std::uint64_t>(result.error.code));
  return digest(digest(kind, static_cast<std::uint64_t>(result.response.status)),
                digest(std::string_view(result.response.body)));
}

std::string in_words(const Request& request) {
  return "batch " + std::to_string(request.batch) + " attempt " + std::to_string(request.attempt) + ", " +
         std::to_string(request.elements.size()) + " records";
}

std::string in_words(const SendResult& result) {
  switch (result.outcome) {
    case SendResult::Outcome::response: return std::to_string(result.response.status);
    case SendResult::Outcome::not_sent: return "not sent: " + result.error.message;
    case SendResult::Outcome::unknown: return "unknown: " + result.error.message;
  }
  return "unknown";
}

}  // namespace

SendResult VirtualLink::send(const Request& request, Time deadline, const CancelFlag& cancel) {
  return kernel_.operation("Transport::send needs a fiber without locks and exceptions in flight", [&] {
    if (requests_++ % kCheckedRequests == 0) check_body(request);
    const auto arguments = digest_of(request);
    auto result = exchange(request, {deadline, cancel});
    if (kernel_.heard()) kernel_.say(in_words(request), in_words(result));
    kernel_.note(PortCall::send, arguments, digest_of(result));
    return result;
  });
}

SendResult VirtualLink::exchange(const Request& request, const Patience& patience) {
  if (patience.cancel.load()) {
    kernel_.sleep_until(kernel_.now());
    return not_sent(Code::cancelled, "the request was cancelled before it was sent");
  }
  const Time arrival = kernel_.now() + settings_.latency;
  if (arrival >= patience.deadline) {
    kernel_.sleep_until(patience.deadline);
    return not_sent(Code::timeout, "the deadline passed while connecting");
  }
  kernel_.sleep_until(arrival);
  auto plan = model_.arrive(request.elements, request.batch, request.attempt, kernel_.now());
  return follow(request, std::move(plan), patience);
}

SendResult VirtualLink::follow(const Request& request, upstream::Plan plan, const Patience& patience) {
  const Time back = kernel_.now() + settings_.latency;
  switch (plan.kind) {
    case upstream::Plan::Kind::refuse:
      kernel_.sleep_until(std::min(kernel_.now() + std::max(kRefusal - settings_.latency, Duration::zero()),
                                   patience.deadline));
      return not_sent(Code::unavailable, "the upstream refused the connection");
    case upstream::Plan::Kind::vanish: return after(kNever, {}, patience);
    case upstream::Plan::Kind::hang: return hang(patience);
    case upstream::Plan::Kind::reset:
      return after(back, unknown(Code::unavailable, "the upstream reset the connection"), patience);
    case upstream::Plan::Kind::error: return after(back, answered(plan.status, {}), patience);
    case upstream::Plan::Kind::serve: break;
  }
  return serve(request, std::move(plan), patience);
}

SendResult VirtualLink::after(Time at, SendResult result, const Patience& patience) {
  const auto waited = wait(nullptr, at, patience);
  return waited == Waited::done ? std::move(result) : gave_up(waited);
}

SendResult VirtualLink::gave_up(Waited waited) {
  if (waited == Waited::cancelled) return unknown(Code::cancelled, "the request was cancelled on its way");
  return unknown(Code::timeout, "the upstream did not answer before the deadline");
}

// New rules end a hang as a restart of the service would.
SendResult VirtualLink::hang(const Patience& patience) {
  const auto armings = model_.armings();
  while (model_.armings() == armings) {
    const auto waited = wait(nullptr, kernel_.now() + kCancelPoll, patience);
    if (waited != Waited::done) return gave_up(waited);
  }
  return unknown(Code::unavailable, "the upstream reset the connection");
}

SendResult VirtualLink::serve(const Request& request, upstream::Plan plan, const Patience& patience) {
  const Time at = plan.at;
  Flight& flight = take_off(request, std::move(plan));
  kernel_.at(at, [this, &flight] { apply(flight); });
  const auto waited = wait(&flight, at, patience);
  return waited == Waited::done ? answer(flight, patience) : gave_up(waited);
}

// Lets the flight land once its answer is known, which may never arrive all the same.
SendResult VirtualLink::answer(Flight& flight, const Patience& patience) {
  const upstream::Plan plan = flight.plan;
  auto whole = answered(200, upstream::lineage_answer(plan, flight.answer));
  land(flight);
  const Time back = kernel_.now() + settings_.latency;
  if (model_.port(kernel_.now()) == upstream::Port::unreachable) return after(kNever, {}, patience);
  switch (plan.answer) {
    case upstream::Plan::Answer::lost:
      return after(back, unknown(Code::unavailable, "the upstream closed the connection without an answer"),
                   patience);
    case upstream::Plan::Answer::cut:
      return after(back + plan.trickle / 2,
                   unknown(Code::unavailable, "the connection was reset in the middle of the answer"),
                   patience);
    case upstream::Plan::Answer::whole:
    case upstream::Plan::Answer::truncated: break;
  }
  return after(back + plan.trickle, std::move(whole), patience);
}

VirtualLink::Flight& VirtualLink::take_off(const Request& request, upstream::Plan plan) {
  if (free_flights_.empty()) free_flights_.push_back(&flights_.emplace_back());
  Flight& flight = *free_flights_.back();
  free_flights_.pop_back();
  flight.plan = std::move(plan);
  flight.elements = request.elements;
  flight.answer.clear();
  flight.applied = false;
  return flight;
}

void VirtualLink::apply(Flight& flight) {
  flight.answer = model_.complete(flight.plan, flight.elements, kernel_.now());
  flight.applied = true;
  if (!flight.client.empty()) return kernel_.wake_all(flight.client);
  ++applied_late_;
  land(flight);
}

// A flight wakes its client itself, so no event is needed where that comes first.
VirtualLink::Waited VirtualLink::wait(Flight* flight, Time at, const Patience& patience) {
  for (;;) {
    if (flight != nullptr ? flight->applied : kernel_.now() >= at) return Waited::done;
    if (kernel_.now() >= patience.deadline) return Waited::deadline;
    if (patience.cancel.load()) return Waited::cancelled;
    const Time until = std::min(patience.deadline, kernel_.now() + kCancelPoll);
    if (flight != nullptr) {
      kernel_.wait(flight->client, at <= until ? kNever : until);
    } else {
      kernel_.sleep_until(std::min(at, until));
    }
  }
}

// The codec wrote the body and the elements from the same records: they must agree.
void VirtualLink::check_body(const Request& request) const {
  if (request.elements.empty()) return;
  const auto parsed = upstream::parse_lineage_body(request.body);
  HOLDFAST_CHECK(parsed.has_value(), "the body of a request is not what the lineage service reads");
  const bool same = std::ranges::equal(*parsed, request.elements, [](const auto& a, const auto& b) {
    return a.key == b.key && a.reference == b.reference;
  });
  HOLDFAST_CHECK(same, "the body of a request names other records than its elements");
}

}  // namespace holdfast::world
