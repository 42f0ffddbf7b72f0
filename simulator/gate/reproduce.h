// Commands that play something of a gate once more, as a POSIX shell reads them.
//
//   print("to see it again: " + reproduce(row, result.overrides));
//
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/gate/row.h"

namespace holdfast::gate {

// The run that shows best why a row is not a pass.
std::string reproduce(const Row& row, const std::vector<std::string>& overrides);

// "holdfast run --live FILE OPTIONS --set PATH=VALUE..."
std::string play_command(const scenario::Scenario& scenario, bool live, std::string_view options,
                         const std::vector<std::string>& overrides);

}  // namespace holdfast::gate
