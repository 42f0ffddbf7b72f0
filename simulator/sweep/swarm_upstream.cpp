// What the upstream and the way to it can do.
#include <string>

#include "simulator/sweep/draft.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;
using upstream::UpstreamEffect;

// A share or chance in parts of kCertain: one in a thousand, up to all.
std::uint64_t share(Dice& dice) {
  constexpr std::uint64_t kThousandth = upstream::kCertain / 1000;
  return dice.spread(1, 1000) * kThousandth;
}

void add(Draft& draft, Dice& dice, std::string name, UpstreamEffect effect) {
  upstream::UpstreamRule rule{.name = std::move(name), .effect = effect};
  const auto window = draft.window(dice);
  rule.from = window.from;
  rule.to = window.to;
  const bool has_chance = effect.outage != upstream::Outage::refuse && !effect.error_rate;
  if (has_chance && !dice.one_in(3)) rule.probability = share(dice);
  draft.phase.upstream.push_back(std::move(rule));
}

void add_outage(Draft& draft, Dice& dice, const char* name, upstream::Outage outage) {
  const std::uint64_t times = dice.between(1, 3);
  for (std::uint64_t i = 1; i <= times; ++i)
    add(draft, dice, name + (" " + std::to_string(i)), {.outage = outage});
}

// So long that some requests time out, and so short that the upstream is never busy with a backlog of
// requests whose client has left: each shipper leaves one behind in each timeout.
Duration longest_service(const Draft& draft) {
  const auto& delivery = draft.scenario.subject.options.delivery;
  const auto slots = static_cast<std::int64_t>(draft.scenario.upstream.concurrency / (4 * delivery.shippers));
  return std::clamp<Duration>(delivery.timeout * std::max<std::int64_t>(1, slots) / 2, 2ms, 4s);
}

std::uint64_t slowest_answer(const Draft& draft) {
  const auto bytes = upstream::answer_bytes(draft.scenario.subject.options.delivery.batch.max_records);
  return static_cast<std::uint64_t>(bytes * 1'000'000'000 / longest_service(draft).count()) + 1;
}

constexpr Kind kUpstream[] = {
    {"refuses",
     [](Draft& draft, Dice& dice) { add_outage(draft, dice, "refuses", upstream::Outage::refuse); }},
    {"unavailable",
     [](Draft& draft, Dice& dice) { add_outage(draft, dice, "unavailable", upstream::Outage::error); }},
    {"hangs up",
     [](Draft& draft, Dice& dice) { add_outage(draft, dice, "never answers", upstream::Outage::hang); }},
    {"blackhole",
     [](Draft& draft, Dice& dice) { add_outage(draft, dice, "blackhole", upstream::Outage::blackhole); }},
    {"errors", [](Draft& draft, Dice& dice) { add(draft, dice, "errors", {.error_rate = share(dice)}); }},
    {"resets requests",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "resets requests", {.reset = upstream::Reset::request});
     }},
    {"resets answers",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "resets answers", {.reset = upstream::Reset::answer});
     }},
    {"loses answers",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "loses answers", {.answer = upstream::AnswerFault::lost});
     }},
    {"truncates answers",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "truncates answers", {.answer = upstream::AnswerFault::truncated});
     }},
    {"throttles", [](Draft& draft, Dice& dice) { add(draft, dice, "throttles", {.partial = share(dice)}); }},
    {"slow",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "slow", {.latency = dice.milliseconds(1ms, longest_service(draft))});
     }},
    {"trickles",
     [](Draft& draft, Dice& dice) {
       const std::uint64_t slowest = slowest_answer(draft);
       add(draft, dice, "trickles", {.slow = dice.spread(slowest, slowest * 1000)});
     }},
};

}  // namespace

std::span<const Kind> upstream_kinds() { return kUpstream; }

}  // namespace holdfast::sweep
