// A scenario's time as a line of text: a ruler, the phases, and a bar for each fault.
//
//   TimeAxis axis(scenario);
//   axis.ruler()             // "0s       2s                     7s                            15s"
//   axis.phases()            // "|warm-up |stress                |recovery                      |"
//   axis.bar(2s, 7s)         // "         ########################                               "
//
// A span that would vanish still gets one letter. Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

// "2s", and "0s" for the start.
std::string format_instant(Duration at);

class TimeAxis {
 public:
  static constexpr std::size_t kWidth = 64;

  explicit TimeAxis(const Scenario& scenario);
  std::string ruler() const;
  std::string phases() const;
  std::string bar(Duration from, Duration to) const;

 private:
  std::size_t column(Duration at) const;

  const Scenario& scenario_;
  Duration length_;
};

// The whole picture, one line for each fault, with the faults' names in front.
std::string draw_timeline(const Scenario& scenario);

}  // namespace holdfast::scenario
