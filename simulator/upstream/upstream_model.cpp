#include "simulator/upstream/upstream_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "core/base/random.h"

namespace holdfast::upstream {

namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;

// `time` + `duration`, or kNever where the sum would not fit.
Time later(Time time, Duration duration) { return duration > kNever - time ? kNever : time + duration; }

bool in_window(const UpstreamRule& rule, Duration since_arming) {
  return rule.from <= since_arming && since_arming < rule.to;
}

bool is_refuse(const UpstreamRule& rule) { return rule.effect.outage == Outage::refuse; }

// The draw of an error rate: a hash, so that no other request's timing can change it.
bool drawn(const UpstreamRule& rule, std::uint64_t seed, std::uint64_t batch, std::uint32_t attempt) {
  const std::uint64_t draw = mix64(mix64(hash_name(rule.name, seed) ^ batch) ^ attempt);
  return draw % kBillion < *rule.effect.error_rate;
}

// The plan of a fault that ends the matter, or nothing if `rule` lets the request through.
std::optional<Plan> terminating(const UpstreamRule& rule, std::uint64_t seed, std::uint64_t batch,
                                std::uint32_t attempt, Time now) {
  if (rule.effect.outage) {
    switch (*rule.effect.outage) {
      case Outage::refuse: return Plan{Plan::Kind::refuse, 0, now};
      case Outage::error: return Plan{Plan::Kind::error, 503, now};
      case Outage::hang: return Plan{Plan::Kind::hang, 0, kNever};
    }
  }
  if (rule.effect.error_rate && drawn(rule, seed, batch, attempt)) return Plan{Plan::Kind::error, 500, now};
  return std::nullopt;
}

std::string describe(const Plan& plan) {
  if (plan.kind == Plan::Kind::refuse) return "refuse";
  if (plan.kind == Plan::Kind::hang) return "hang";
  return fmt::format("answer {}", plan.status);
}

// In the largest unit that says it exactly: "delay 49ms", "delay 1500us".
std::string describe_delay(Duration delay) {
  const auto ns = delay.count();
  if (ns % 1'000'000'000 == 0) return fmt::format("delay {}s", ns / 1'000'000'000);
  if (ns % 1'000'000 == 0) return fmt::format("delay {}ms", ns / 1'000'000);
  if (ns % 1'000 == 0) return fmt::format("delay {}us", ns / 1'000);
  return fmt::format("delay {}ns", ns);
}

}  // namespace

std::size_t UpstreamModel::KeyHash::operator()(const RecordKey& key) const noexcept {
  return mix64(key.epoch ^ mix64(key.sequence));
}

UpstreamModel::UpstreamModel(UpstreamSettings settings, std::uint64_t seed, Applied applied, Sink sink)
    : settings_(settings), seed_(seed), applied_(std::move(applied)), sink_(std::move(sink)) {
  HOLDFAST_CHECK(settings_.concurrency > 0, "an upstream serves at least one request at once");
  HOLDFAST_CHECK(settings_.latency >= Duration::zero(), "a service time is not negative");
}

void UpstreamModel::arm(std::vector<UpstreamRule> rules, Time now) {
  rules_ = std::move(rules);
  armed_at_ = now;
}

bool UpstreamModel::refusing(Time now) const {
  return std::ranges::any_of(
      rules_, [&](const UpstreamRule& rule) { return is_refuse(rule) && in_window(rule, now - armed_at_); });
}

Time UpstreamModel::next_change(Time now) const {
  Time next = kNever;
  for (const auto& rule : rules_) {
    if (!is_refuse(rule)) continue;
    for (const Duration edge : {rule.from, rule.to})
      if (const Time at = later(armed_at_, edge); at > now) next = std::min(next, at);
  }
  return next;
}

// A closed port comes before every other rule: there is nobody whom another fault could befall, so
// a refused request is not counted as one that reached the upstream. Latencies of a request that
// another fault ends delay nobody and did not fire.
Plan UpstreamModel::arrive(std::span<const RequestElement> /*elements*/, std::uint64_t batch,
                           std::uint32_t attempt, Time now) {
  const Duration since = now - armed_at_;
  const bool closed = refusing(now);
  if (!closed) ++requests_;
  Duration service = settings_.latency;
  for (const auto& rule : rules_) {
    if (!in_window(rule, since) || (closed && !is_refuse(rule))) continue;
    if (const auto plan = terminating(rule, seed_, batch, attempt, now)) {
      report(rule, describe(*plan), batch, attempt, now);
      return *plan;
    }
    service += rule.effect.latency.value_or(Duration::zero());
  }
  for (const auto& rule : rules_)
    if (rule.effect.latency && in_window(rule, since))
      report(rule, describe_delay(*rule.effect.latency), batch, attempt, now);
  return Plan{Plan::Kind::serve, 200, serve(now, service)};
}

Time UpstreamModel::serve(Time now, Duration service) {
  while (!busy_until_.empty() && busy_until_.top() <= now) busy_until_.pop();
  Time start = now;
  if (busy_until_.size() == settings_.concurrency) {
    start = busy_until_.top();
    busy_until_.pop();
  }
  const Time done = later(start, service);
  busy_until_.push(done);
  return done;
}

void UpstreamModel::report(const UpstreamRule& rule, std::string decision, std::uint64_t batch,
                           std::uint32_t attempt, Time now) {
  ++fired_;
  ++fired_by_rule_[rule.name];
  if (sink_) sink_({now, rule.name, batch, attempt, std::move(decision)});
}

std::vector<ElementStatus> UpstreamModel::complete(std::span<const RequestElement> elements, Time now) {
  std::vector<ElementStatus> answer;
  answer.reserve(elements.size());
  for (const auto& element : elements) {
    const bool duplicate = ++keys_[element.key] > 1;
    if (applied_) applied_(now, element, duplicate);
    answer.push_back(duplicate ? ElementStatus::duplicate : ElementStatus::accepted);
  }
  return answer;
}

std::uint64_t UpstreamModel::fired(const std::string& rule) const {
  const auto found = fired_by_rule_.find(rule);
  return found == fired_by_rule_.end() ? 0 : found->second;
}

}  // namespace holdfast::upstream
