// A scenario written out in full: every default filled in, keys in byte order, one canonical text for
// one scenario. It is itself a valid scenario file.
//
//   result["scenario"] = json::parse(resolved_json(scenario));
//
// Says nothing of the host: a trace's path is as the scenario gave it. Pure.
#pragma once

#include <string>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

std::string resolved_json(const Scenario& scenario);

}  // namespace holdfast::scenario
