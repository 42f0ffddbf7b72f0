// A scenario in words: what runs, when each fault is armed, what is expected.
//
//   std::cout << explain(scenario);
//
//   disk-full-during-outage  (scenarios/combined/disk-full-during-outage.json)
//   ...
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

}  // namespace holdfast::scenario
