#include "simulator/scenario/process_event.h"

#include <algorithm>
#include <utility>

namespace holdfast::scenario {

std::vector<EventSpan> spans_of(const ProcessEvent& event, Duration phase_length) {
  if (event.operation) return {{Duration{0}, phase_length}};
  std::vector<EventSpan> spans;
  for (std::uint32_t i = 0; i < event.times; ++i) {
    const Duration from = event.at + i * event.every;
    const bool whole_phase = event.lasts == Duration::max();
    spans.push_back({from, whole_phase ? std::max(from, phase_length) : from + event.lasts});
  }
  return spans;
}

std::vector<Turn> turns_of(const std::vector<ProcessEvent>& events, Duration phase_length) {
  std::vector<Turn> turns;
  for (const auto& event : events)
    for (const auto& span : spans_of(event, phase_length)) {
      turns.push_back({.at = span.from, .event = &event, .span = span, .begins = true});
      turns.push_back({.at = span.to, .event = &event, .span = span, .begins = false});
    }
  std::ranges::stable_sort(turns, {}, [](const Turn& turn) { return std::pair(turn.at, turn.begins); });
  return turns;
}

}  // namespace holdfast::scenario
