// The scenario files below a directory, or the one file given.
//
//   auto files = scenario_files("scenarios");       // {"scenarios/combined/....json", ...}
//
// Every *.json in byte order, but for directories named schema and hidden ones. Errors: the path is not
// there, cannot be read, or holds no scenario.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace holdfast::scenario {

Result<std::vector<std::string>> scenario_files(const std::string& directory_or_file);

}  // namespace holdfast::scenario
