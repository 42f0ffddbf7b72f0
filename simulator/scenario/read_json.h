// From a scenario's JSON document to a Scenario, with every mistake on the way.
//
//   config::Problems problems;
//   Scenario scenario = read_scenario(document, problems);
//   if (!problems.empty()) ...        // the scenario is then incomplete
//
// Reads what section 9 of docs/architecture.md describes: unknown keys, wrong types, values out of range and
// names given twice are problems. What cannot be judged is check.h's matter. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "core/config/reader_json.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

Scenario read_scenario(const nlohmann::json& document, config::Problems& problems);

}  // namespace holdfast::scenario
