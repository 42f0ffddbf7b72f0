#include "simulator/subject/single_send.h"

#include <span>

namespace holdfast::subject {

SingleSend::SingleSend(const Environment& env, Duration timeout)
    : env_(env), timeout_(timeout), epoch_(env.random.stream("naive.epoch").next() | 1) {}

Request SingleSend::request_for(const UsageRecord& record) {
  delivery::DeliveryRecord one{{epoch_, next_sequence_.fetch_add(1)}, record};
  if (one.record.time_ns == 0) one.record.time_ns = env_.clock.wall().time_since_epoch().count();
  return codec_.encode(std::span(&one, 1), one.key.sequence, 0);
}

bool SingleSend::once(Request& request) {
  const SendResult result = env_.transport.send(request, env_.clock.now() + timeout_, interrupted_);
  ++request.attempt;
  return result.outcome == SendResult::Outcome::response && result.response.status == 200;
}

}  // namespace holdfast::subject
