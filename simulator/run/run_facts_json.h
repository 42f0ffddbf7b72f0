// run.json: what depends on the host and the moment, kept apart from result.json. And the part of a
// scenario that decides how its twin runs.
#pragma once

#include <string>

#include "simulator/scenario/scenario.h"

namespace holdfast::run {

// Version, compiler, host, kernel, processors, time.
std::string run_facts_json();

// The resolved scenario less its name, its file and what it expects.
std::string what_a_twin_depends_on(const scenario::Scenario& without_faults);

}  // namespace holdfast::run
