// Why a scenario cannot be played in real time, if it cannot: the other side of live_only.h.
//
//   if (const std::string why = why_virtual_only(scenario); !why.empty()) ...
//
// `run --live` refuses such a scenario with this sentence, and it is no member of the LIVE tier. Pure.
#pragma once

#include <string>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

// "" when both worlds can play it.
std::string why_virtual_only(const Scenario& scenario);

}  // namespace holdfast::scenario
