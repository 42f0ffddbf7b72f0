// The two kinds of names in a scenario, read and held to their alphabet.
//
//   read_plain_name(reader, scenario.name);     // scenarios and phases: letters, digits, -, _ and /
//   read_rule_name(reader, rule.name);          // faults: any text of 1 to 200 bytes
//
// Both are required members called "name". Mistakes go to the reader's problems. Pure.
#pragma once

#include <string>

#include "core/config/reader_json.h"

namespace holdfast::scenario {

// Become parts of file names, test names and --set paths.
void read_plain_name(config::ObjectReader& reader, std::string& name);
void read_rule_name(config::ObjectReader& reader, std::string& name);

}  // namespace holdfast::scenario
