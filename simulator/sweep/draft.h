// A scenario that is being drawn: the base, and a stretch of time in which faults may be armed.
//
//   Draft draft{.scenario = base, .safety = 5s};
//   auto [from, to] = draft.window(dice);
//
// Plain data for the kinds of swarm_kinds.h.
#pragma once

#include <span>
#include <string>

#include "simulator/scenario/scenario.h"
#include "simulator/sweep/dice.h"

namespace holdfast::sweep {

struct Draft {
  scenario::Scenario scenario;
  scenario::Phase phase;     // of safety: what may go wrong does so in it
  Duration process_free{0};  // the next process event may begin then: one at a time
  bool loses_bytes = false;  // damage to the only copy of something is among the faults
  bool ends_lives = false;   // so is a kill, restart or power cut

  struct Window {
    Duration from;
    Duration to;  // max(): the end of the phase
  };
  // Half of them last as long as the phase.
  Window window(Dice& dice) const {
    if (dice.one_in(2)) return {Duration{0}, Duration::max()};
    const Duration length = dice.milliseconds(std::chrono::milliseconds(2), phase.length);
    const auto latest = static_cast<std::uint64_t>((phase.length - length) / std::chrono::milliseconds(1));
    const Duration from = std::chrono::milliseconds(dice.between(0, latest));
    return {from, from + length};
  }
};

// One thing that can go wrong, or one option that can be set: drawn from a stream of its own.
struct Kind {
  const char* name;
  void (*add)(Draft& draft, Dice& dice);
};

std::span<const Kind> option_kinds();
std::span<const Kind> disk_kinds();
std::span<const Kind> upstream_kinds();
std::span<const Kind> process_kinds();

}  // namespace holdfast::sweep
