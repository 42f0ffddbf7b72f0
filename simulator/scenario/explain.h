// A scenario in words: what runs, when each fault is armed, what is expected.
//
//   std::cout << explain(scenario);
//
//   disk-full-during-outage  (scenarios/combined/disk-full-during-outage.json)
//   ...
//                           0s       2s                     7s                            15s
//                           |warm-up |stress                |recovery                      |
//     disk     volume fills          #######################
//     upstream away                  #######################
//
//     2s     stress for 5s
//            disk      volume fills: full, 512KiB left
//            upstream  away: outage, refuse
//
// Text for people; programs read resolved_json(). Pure.
#pragma once

#include <string>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

std::string explain(const Scenario& scenario);

// Title, seeds and phases with their faults, a line each: what a gate says before its first run.
std::string explain_briefly(const Scenario& scenario);

}  // namespace holdfast::scenario
