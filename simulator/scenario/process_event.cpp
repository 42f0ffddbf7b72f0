#include "simulator/scenario/process_event.h"

#include <algorithm>

namespace holdfast::scenario {

std::vector<EventSpan> spans_of(const ProcessEvent& event, Duration phase_length) {
  std::vector<EventSpan> spans;
  for (std::uint32_t i = 0; i < event.times; ++i) {
    const Duration from = event.at + i * event.every;
    const bool whole_phase = event.lasts == Duration::max();
    spans.push_back({from, whole_phase ? std::max(from, phase_length) : from + event.lasts});
  }
  return spans;
}

}  // namespace holdfast::scenario
