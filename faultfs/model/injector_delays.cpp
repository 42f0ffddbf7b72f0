// How long an operation waits, and for what.
#include <algorithm>

#include "core/base/random.h"
#include "core/base/units.h"
#include "faultfs/model/draw.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

Effect delay_again(Duration delay) { return {.latency = LatencyEffect{delay}}; }

// A replayed wait is told as what it was.
std::string told(const Rule& rule, std::string what) {
  return rule.recorded ? rule.recorded->decision : std::move(what);
}

}  // namespace

// Drawn anew, since the draw itself has decided whether the rule fires.
bool Injector::apply_latency(const Rule& rule, const Call& call, std::uint32_t ordinal, Decision& decision,
                             Time now) {
  const Duration delay = delay_of(*rule.effect.latency, mix64(draw(seed_, rule, call, ordinal)));
  decision.delay += delay;
  report(rule, call, told(rule, "delay " + format_duration(delay)), now, delay_again(delay));
  return true;
}

// What passes without waiting is no fault, and yet it takes its share.
bool Injector::apply_throttle(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const std::uint64_t size = has_place(call.operation) ? std::min(decision.granted, moved_by(call)) : 0;
  const Duration wait =
      progress_of(rule).throttle.enter(*rule.effect.throttle, call.path, rule.when.per, size, now);
  if (wait == Duration::zero()) return false;
  decision.delay += wait;
  report(rule, call, "throttle " + format_duration(wait), now, delay_again(wait));
  return true;
}

bool Injector::apply_hang(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const HangEffect& hang = *rule.effect.hang;
  const bool heals_by_itself = rule.when.to != Duration::max();
  const Duration healed = heals_by_itself ? armed_at_ + rule.when.to - now : kUntilHealed;
  const Duration length = std::min(healed, hang.length.value_or(kUntilHealed));
  decision.delay += length;
  decision.error = hang.then;
  const std::string ends = hang.length ? " " + format_duration(*hang.length) : "";
  HangEffect again{.then = hang.then};
  if (length < kUntilHealed) again.length = length;
  report(rule, call, told(rule, "hang" + ends + (hang.then == 0 ? "" : " then " + errno_name(hang.then))),
         now, Effect{.hang = again});
  return true;
}

}  // namespace holdfast::faultfs
