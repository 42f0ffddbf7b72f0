// Why a scenario cannot be played in virtual time, if it cannot.
//
//   if (const std::string why = why_live_only(scenario); !why.empty()) ...   // "the subject naive-sync uses
//   ..."
//
// A gate skips such a scenario in VIRTUAL; `run` without --live refuses it with this sentence. Pure.
#pragma once

#include <string>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

// "" when both worlds can play it.
std::string why_live_only(const Scenario& scenario);

}  // namespace holdfast::scenario
