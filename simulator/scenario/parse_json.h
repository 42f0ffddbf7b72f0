// Reads scenario files.
//
//   auto scenario = load_scenario("scenarios/disk/full.json", {"load.rate=500/s"});
//   if (scenario) status = check_scenario(*scenario);        // check.h: can it be judged?
//
// Errors name the place, what was found, what is allowed and the nearest valid name, one line each, all
// that were found (at most 20); those that an override brought in begin with "--set path". A trace's path
// counts from the scenario's directory, or from the current one when it came from --set. Pure but for
// reading the file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

Result<Scenario> load_scenario(const std::string& file, std::span<const std::string> overrides = {});

Result<Scenario> parse_scenario(std::string_view text, const std::string& file_name,
                                std::span<const std::string> overrides = {});

}  // namespace holdfast::scenario
