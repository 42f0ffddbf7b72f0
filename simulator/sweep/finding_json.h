// A finding as files, and a hunt's result as JSON.
//
//   scenario_text(finding)      // a scenario file that fails by itself: holdfast run FILE
//   hunt_json(result)           // {"version": 1, "runs": 1000, ..., "findings": [...]}
//
// Pure.
#pragma once

#include <string>

#include "simulator/sweep/hunt.h"

namespace holdfast::sweep {

// For people: indented, without options that have their defaults.
std::string scenario_text(const scenario::Scenario& scenario);

std::string hunt_json(const HuntResult& result);

}  // namespace holdfast::sweep
