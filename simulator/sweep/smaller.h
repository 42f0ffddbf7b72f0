// Ways in which a scenario can be smaller: each gives candidates, the boldest first.
//
//   for (const auto& way : ways_to_be_smaller())
//     for (scenario::Scenario candidate : way(scenario)) ...
//
// Candidates may be unplayable; who plays them looks (run_report.h). Pure.
#pragma once

#include <span>
#include <vector>

#include "simulator/scenario/scenario.h"

namespace holdfast::sweep {

using Way = std::vector<scenario::Scenario> (*)(const scenario::Scenario&);
std::span<const Way> ways_to_be_smaller();

}  // namespace holdfast::sweep
