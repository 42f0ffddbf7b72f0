// What commands share: finding and loading scenarios, the place for results, the sister program, the report.
#pragma once

#include <string>
#include <vector>

#include "simulator/cli/arguments.h"
#include "simulator/run/run_scenario.h"

namespace holdfast::cli {

// This program's own path, and that of `faultfs` beside it.
run::LiveSettings live_settings();

// The scenarios that the words name, as files or as directories.
Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& places);

Result<scenario::Scenario> load_checked(const std::string& file, const std::vector<std::string>& overrides);

// Loads and checks; prints what is wrong. Empty with a code when anything was.
struct Loaded {
  std::vector<scenario::Scenario> scenarios;
  std::optional<ExitCode> ended;
};
Loaded load_all(const std::vector<std::string>& files, const std::vector<std::string>& overrides);

// Makes the directory of --out; so that nobody plays for minutes what cannot be written down then.
Status make_results_directory(const std::string& directory);

// Runs the report program over results; what keeps it from drawing is said on standard error.
ExitCode draw_report(const std::vector<std::string>& results, const std::string& page);

}  // namespace holdfast::cli
