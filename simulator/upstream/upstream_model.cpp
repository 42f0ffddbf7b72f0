#include "simulator/upstream/upstream_model.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast::upstream {

namespace {

// `time` + `duration`, or kNever where the sum would not fit.
Time later(Time time, Duration duration) { return duration > kNever - time ? kNever : time + duration; }

bool is_barrier(const UpstreamRule& rule) {
  return rule.effect.outage == Outage::refuse ||
         (rule.effect.outage == Outage::blackhole && rule.probability == kCertain && !rule.counts());
}

bool reached(Plan::Kind kind) { return kind != Plan::Kind::refuse && kind != Plan::Kind::vanish; }

}  // namespace

UpstreamModel::UpstreamModel(UpstreamSettings settings, std::uint64_t seed, Applied applied, Sink sink,
                             Attempted attempted)
    : settings_(settings),
      seed_(seed),
      applied_(std::move(applied)),
      sink_(std::move(sink)),
      attempted_(std::move(attempted)) {
  HOLDFAST_CHECK(settings_.concurrency > 0, "an upstream serves at least one request at once");
  HOLDFAST_CHECK(settings_.latency >= Duration::zero(), "a service time is not negative");
}

void UpstreamModel::arm(std::vector<UpstreamRule> rules, Time now) {
  rules_ = std::move(rules);
  armed_at_ = now;
  ++armings_;
  arrived_ = 0;
}

// Packets that vanish on the way meet no closed port, so a blackhole comes before a refusal.
const UpstreamRule* UpstreamModel::barrier(Time now) const {
  const UpstreamRule* found = nullptr;
  for (const auto& rule : rules_) {
    if (!is_barrier(rule) || !in_window(rule, now - armed_at_)) continue;
    if (rule.effect.outage == Outage::blackhole) return &rule;
    if (found == nullptr) found = &rule;
  }
  return found;
}

Port UpstreamModel::port(Time now) const {
  const UpstreamRule* rule = barrier(now);
  if (rule == nullptr) return Port::open;
  return rule->effect.outage == Outage::refuse ? Port::closed : Port::unreachable;
}

Time UpstreamModel::next_change(Time now) const {
  Time next = kNever;
  for (const auto& rule : rules_) {
    if (!is_barrier(rule)) continue;
    for (const Duration edge : {rule.from, rule.to})
      if (const Time at = later(armed_at_, edge); at > now) next = std::min(next, at);
  }
  return next;
}

// Behind a barrier there is nobody whom another fault could befall, and what does not reach the
// service is not counted as a request.
Plan UpstreamModel::arrive(std::span<const RequestElement> elements, std::uint64_t batch,
                           std::uint32_t attempt, Time now) {
  const UpstreamRule* const rule = barrier(now);
  Decision decision =
      rule != nullptr ? decide_outage(*rule)
                      : decide(rules_, now - armed_at_, seed_, {batch, attempt, elements.size(), ++arrived_});
  report(decision, batch, attempt, now);
  Plan& plan = decision.plan;
  if (reached(plan.kind)) {
    ++requests_;
    if (attempted_ && !elements.empty()) attempted_(now, elements);
  }
  plan.at = now;
  if (plan.kind == Plan::Kind::hang || plan.kind == Plan::Kind::vanish) plan.at = kNever;
  if (plan.kind != Plan::Kind::serve) return plan;
  const Time done = serve(now, settings_.latency + decision.latency + plan.trickle);
  plan.at = done == kNever ? kNever : done - plan.trickle;
  return plan;
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

void UpstreamModel::report(const Decision& decision, std::uint64_t batch, std::uint32_t attempt, Time now) {
  for (const auto& [rule, what] : decision.fired) {
    ++fired_;
    ++fired_by_rule_[rule->name];
    if (sink_) sink_({now, rule->name, batch, attempt, what});
  }
}

ElementStatus UpstreamModel::apply(const RequestElement& element, Time now) {
  const bool duplicate = !keys_.insert(element.key);
  if (applied_) applied_(now, element, duplicate);
  return duplicate ? ElementStatus::duplicate : ElementStatus::accepted;
}

std::vector<ElementStatus> UpstreamModel::complete(const Plan& plan, std::span<const RequestElement> elements,
                                                   Time now) {
  std::vector<ElementStatus> answer;
  answer.reserve(elements.size());
  auto again = plan.again.begin();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const bool retry = again != plan.again.end() && *again == i;
    if (retry) ++again;
    answer.push_back(retry ? ElementStatus::retry : apply(elements[i], now));
  }
  return answer;
}

std::uint64_t UpstreamModel::fired(const std::string& rule) const {
  const auto found = fired_by_rule_.find(rule);
  return found == fired_by_rule_.end() ? 0 : found->second;
}

}  // namespace holdfast::upstream
