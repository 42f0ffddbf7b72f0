// What befalls the subject's process and its clock.
#include <string>

#include "simulator/sweep/draft.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;
using scenario::ProcessAction;

constexpr Duration kBetween = 50ms;  // two process events, at least

// A few events, one after the other; none where the phase has no more room for it.
void add(Draft& draft, Dice& dice, const std::string& name, ProcessAction action, Duration longest) {
  const std::uint64_t times = dice.between(1, 3);
  for (std::uint64_t i = 1; i <= times; ++i) {
    const Duration wait = dice.milliseconds(1ms, draft.phase.length);
    const Duration lasts = dice.milliseconds(5ms, longest);
    const Duration at = draft.process_free + wait;
    if (at + lasts > draft.phase.length) continue;
    scenario::ProcessEvent event{
        .name = name + " " + std::to_string(i), .action = action, .at = at, .lasts = lasts};
    if (action == ProcessAction::clock_jump) {
      const Duration shift = dice.spread(1, 100'000) * 1s;
      event.shift = dice.one_in(2) ? shift : -shift;
    }
    draft.process_free = at + lasts + kBetween;
    draft.phase.process.push_back(std::move(event));
  }
}

constexpr Kind kProcess[] = {
    {"kill", [](Draft& draft, Dice& dice) { add(draft, dice, "kill", ProcessAction::kill, 2s); }},
    {"restart", [](Draft& draft, Dice& dice) { add(draft, dice, "restart", ProcessAction::restart, 3s); }},
    {"pause", [](Draft& draft, Dice& dice) { add(draft, dice, "pause", ProcessAction::pause, 2s); }},
    {"clock jump",
     [](Draft& draft, Dice& dice) { add(draft, dice, "clock jump", ProcessAction::clock_jump, 3s); }},
    {"power cut",
     [](Draft& draft, Dice& dice) { add(draft, dice, "power cut", ProcessAction::power_cut, 2s); }},
};

}  // namespace

std::span<const Kind> process_kinds() { return kProcess; }

}  // namespace holdfast::sweep
