#include "simulator/upstream/upstream_service.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "core/base/random.h"
#include "core/delivery/codecs/lineage.h"
#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::upstream {

namespace {

Arrival answer_now(int status, std::string_view message, Time now) {
  return {
      {.kind = Plan::Kind::error, .status = status, .at = now}, {}, {status, error_answer(message)}, false};
}

// Empty is absent, and zero.
template <class Integer>
bool parse_header(std::string_view text, Integer& value) {
  if (text.empty()) return true;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

Arrival planned(Plan plan) {
  Arrival arrival{.plan = std::move(plan), .elements = {}, .answer = {}, .applies = false};
  arrival.answer.status = arrival.plan.status;
  if (arrival.plan.kind == Plan::Kind::error)
    arrival.answer.body = error_answer("injected by the mock upstream");
  return arrival;
}

}  // namespace

Arrival UpstreamService::arrive(const HttpQuestion& question, Time now) {
  const auto route = [&](std::string_view target, std::string_view method) -> std::optional<Arrival> {
    if (question.target != target || question.method == method) return std::nullopt;
    return answer_now(405, fmt::format("{} takes {} only", target, method), now);
  };
  if (auto wrong = route(delivery::kLineageTarget, "POST")) return std::move(*wrong);
  if (auto wrong = route(delivery::kHealthTarget, "GET")) return std::move(*wrong);
  if (question.target == delivery::kLineageTarget) return track(question, now);
  if (question.target == delivery::kHealthTarget) return health(now);
  return answer_now(
      404, fmt::format("there are {} and {} here", delivery::kLineageTarget, delivery::kHealthTarget), now);
}

Arrival UpstreamService::track(const HttpQuestion& question, Time now) {
  std::uint64_t batch = 0;
  std::uint32_t attempt = 0;
  if (!parse_header(question.batch, batch) || !parse_header(question.attempt, attempt))
    return answer_now(400, "X-Batch and X-Attempt must be decimal numbers", now);
  auto elements = parse_lineage_body(question.body);
  if (!elements) return answer_now(400, elements.error().message, now);
  if (question.batch.empty() && !elements->empty()) {
    const RecordKey& key = elements->front().key;
    batch = mix64(key.epoch ^ mix64(key.sequence));
    attempt = attempts_[batch]++;
  }
  Arrival arrival = planned(model_.arrive(*elements, batch, attempt, now));
  arrival.applies = arrival.plan.kind == Plan::Kind::serve;
  arrival.elements = std::move(*elements);
  return arrival;
}

// Each check is a draw of its own: batch 0, and the ordinal of the check as its attempt.
Arrival UpstreamService::health(Time now) {
  Arrival arrival = planned(model_.arrive({}, 0, health_checks_++, now));
  if (arrival.plan.kind == Plan::Kind::serve) arrival.answer.body = R"({"status":"ok"})";
  return arrival;
}

HttpAnswer UpstreamService::complete(const Arrival& arrival, Time now) {
  if (!arrival.applies) return arrival.answer;
  return {200, lineage_answer(arrival.plan, model_.complete(arrival.plan, arrival.elements, now))};
}

}  // namespace holdfast::upstream
