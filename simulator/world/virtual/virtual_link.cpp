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

}  // namespace

SendResult VirtualLink::send(const Request& request, Time deadline, const CancelFlag& cancel) {
  kernel_.enter_port("Transport::send needs a fiber without locks and exceptions in flight");
  if (requests_++ % kCheckedRequests == 0) check_body(request);
  const auto arguments = digest_of(request);
  auto result = exchange(request, deadline, cancel);
  kernel_.note(PortCall::send, arguments, digest_of(result));
  return result;
}

SendResult VirtualLink::exchange(const Request& request, Time deadline, const CancelFlag& cancel) {
  if (cancel.load()) {
    kernel_.sleep_until(kernel_.now());
    return not_sent(Code::cancelled, "the request was cancelled before it was sent");
  }
  const Time arrival = kernel_.now() + settings_.latency;
  if (arrival >= deadline) {
    kernel_.sleep_until(deadline);
    return not_sent(Code::timeout, "the deadline passed while connecting");
  }
  kernel_.sleep_until(arrival);
  const auto plan = model_.arrive(request.elements, request.batch, request.attempt, kernel_.now());
  switch (plan.kind) {
    case upstream::Plan::Kind::refuse:
      kernel_.sleep_until(
          std::min(arrival + std::max(kRefusal - settings_.latency, Duration::zero()), deadline));
      return not_sent(Code::unavailable, "the upstream refused the connection");
    case upstream::Plan::Kind::error:
    case upstream::Plan::Kind::hang: {
      const Time at = plan.kind == upstream::Plan::Kind::hang ? kNever : plan.at + settings_.latency;
      const auto waited = wait(nullptr, at, deadline, cancel);
      if (waited == Waited::done) return answered(plan.status, {});
      if (waited == Waited::cancelled)
        return unknown(Code::cancelled, "the request was cancelled on its way");
      return unknown(Code::timeout, "the upstream did not answer before the deadline");
    }
    case upstream::Plan::Kind::serve: return serve(request, plan.at, deadline, cancel);
  }
  return unknown(Code::internal, "the upstream made no plan");
}

SendResult VirtualLink::serve(const Request& request, Time at, Time deadline, const CancelFlag& cancel) {
  Flight& flight = take_off(request);
  kernel_.at(at, [this, &flight] { apply(flight); });
  auto waited = wait(&flight, at, deadline, cancel);
  if (waited == Waited::deadline)
    return unknown(Code::timeout, "the upstream did not answer before the deadline");
  if (waited == Waited::cancelled) return unknown(Code::cancelled, "the request was cancelled on its way");
  auto answer = answered(200, upstream::lineage_answer(flight.answer));
  land(flight);
  waited = wait(nullptr, kernel_.now() + settings_.latency, deadline, cancel);
  if (waited == Waited::done) return answer;
  return unknown(waited == Waited::deadline ? Code::timeout : Code::cancelled, "the answer was on its way");
}

VirtualLink::Flight& VirtualLink::take_off(const Request& request) {
  if (free_flights_.empty()) free_flights_.push_back(&flights_.emplace_back());
  Flight& flight = *free_flights_.back();
  free_flights_.pop_back();
  flight.elements = request.elements;
  flight.answer.clear();
  flight.applied = false;
  return flight;
}

void VirtualLink::apply(Flight& flight) {
  flight.answer = model_.complete(flight.elements, kernel_.now());
  flight.applied = true;
  if (!flight.client.empty()) return kernel_.wake_all(flight.client);
  ++applied_late_;
  land(flight);
}

// A flight wakes its client itself, so no event is needed where that comes first.
VirtualLink::Waited VirtualLink::wait(Flight* flight, Time at, Time deadline, const CancelFlag& cancel) {
  for (;;) {
    if (flight != nullptr ? flight->applied : kernel_.now() >= at) return Waited::done;
    if (kernel_.now() >= deadline) return Waited::deadline;
    if (cancel.load()) return Waited::cancelled;
    const Time until = std::min(deadline, kernel_.now() + kCancelPoll);
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
