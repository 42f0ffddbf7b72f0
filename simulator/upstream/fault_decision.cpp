#include "simulator/upstream/fault_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/random.h"
#include "core/base/units.h"

namespace holdfast::upstream {

namespace {

// A hash, so that no other request's timing can change what befalls this one.
std::uint64_t draw(const UpstreamRule& rule, std::uint64_t seed, const RequestName& request) {
  return mix64(mix64(hash_name(rule.name, seed) ^ request.batch) ^ request.attempt);
}

std::uint64_t chance_of(const UpstreamRule& rule) {
  return rule.effect.error_rate.value_or(rule.probability);
}

Plan outage_plan(Outage outage) {
  switch (outage) {
    case Outage::refuse: return {.kind = Plan::Kind::refuse, .status = 0};
    case Outage::error: return {.kind = Plan::Kind::error, .status = 503};
    case Outage::hang: return {.kind = Plan::Kind::hang, .status = 0};
    case Outage::blackhole: break;
  }
  return {.kind = Plan::Kind::vanish, .status = 0};
}

std::string describe(const Plan& plan) {
  switch (plan.kind) {
    case Plan::Kind::refuse: return "refuse";
    case Plan::Kind::vanish: return "vanish";
    case Plan::Kind::hang: return "hang";
    case Plan::Kind::reset: return "reset";
    default: return fmt::format("answer {}", plan.status);
  }
}

// The plan of a rule that ends the request, or nothing if it lets the request through.
std::optional<Plan> terminating(const UpstreamEffect& effect) {
  if (effect.outage) return outage_plan(*effect.outage);
  if (effect.reset == Reset::request) return Plan{.kind = Plan::Kind::reset, .status = 0};
  if (effect.error_rate) return Plan{.kind = Plan::Kind::error, .status = 500};
  return std::nullopt;
}

struct SpoiledAnswer {
  Plan::Answer answer;
  const char* what;
};

std::optional<SpoiledAnswer> spoiling(const UpstreamEffect& effect) {
  if (effect.reset == Reset::answer) return SpoiledAnswer{Plan::Answer::cut, "reset the answer"};
  if (effect.answer == AnswerFault::lost) return SpoiledAnswer{Plan::Answer::lost, "lose the answer"};
  if (effect.answer == AnswerFault::truncated)
    return SpoiledAnswer{Plan::Answer::truncated, "truncate the answer"};
  return std::nullopt;
}

// The elements that a rule asks for again; each is a draw of its own, by its place in the request.
std::vector<std::uint32_t> asked_again(std::uint64_t draw, std::uint64_t share, std::size_t elements) {
  std::vector<std::uint32_t> again;
  for (std::uint32_t i = 0; i < elements; ++i)
    if (mix64(draw + i) % kCertain < share) again.push_back(i);
  return again;
}

void unite(std::vector<std::uint32_t>& all, const std::vector<std::uint32_t>& more) {
  std::vector<std::uint32_t> both;
  std::ranges::set_union(all, more, std::back_inserter(both));
  all = std::move(both);
}

// One rule that lets the request be served.
void add(Decision& decision, const UpstreamRule& rule, std::uint64_t draw, std::size_t elements) {
  const auto fired = [&](std::string what) { decision.fired.push_back({&rule, std::move(what)}); };
  if (const auto latency = rule.effect.latency) {
    decision.latency += *latency;
    fired("delay " + format_duration(*latency));
  } else if (const auto slow = rule.effect.slow) {
    const Duration trickle = trickle_time(answer_bytes(elements), *slow);
    decision.plan.trickle += trickle;
    fired("trickle " + format_duration(trickle));
  } else if (const auto partial = rule.effect.partial) {
    const auto again = asked_again(draw, *partial, elements);
    if (again.empty()) return;
    unite(decision.plan.again, again);
    fired(fmt::format("retry {} of {}", again.size(), elements));
  } else if (const auto spoiled = spoiling(rule.effect)) {
    if (decision.plan.answer != Plan::Answer::whole) return;
    decision.plan.answer = spoiled->answer;
    fired(spoiled->what);
  }
}

bool has_turn(const UpstreamRule& rule, std::uint64_t number) {
  return (rule.nth == 0 || number == rule.nth) && number >= rule.from_nth;
}

}  // namespace

bool in_window(const UpstreamRule& rule, Duration since_arming) {
  return rule.from <= since_arming && since_arming < rule.to;
}

Decision decide_outage(const UpstreamRule& rule) {
  Decision decision{.plan = outage_plan(*rule.effect.outage)};
  decision.fired.push_back({&rule, describe(decision.plan)});
  return decision;
}

Decision decide(std::span<const UpstreamRule> rules, Duration since_arming, std::uint64_t seed,
                const RequestName& request) {
  Decision decision;
  for (const auto& rule : rules) {
    if (!in_window(rule, since_arming) || !has_turn(rule, request.number)) continue;
    const std::uint64_t drawn = draw(rule, seed, request);
    if (drawn % kCertain >= chance_of(rule)) continue;
    if (auto plan = terminating(rule.effect)) {
      std::string what = describe(*plan);
      return {.plan = std::move(*plan), .fired = {{&rule, std::move(what)}}};
    }
    add(decision, rule, drawn, request.elements);
  }
  return decision;
}

}  // namespace holdfast::upstream
