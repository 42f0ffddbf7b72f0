// The keys that each object of a scenario file may have: one table for the parser, its suggestions and
// the test that compares it with the published schema.
//
//   reader.allow(keys_of("/phases/*"));
//
// A pattern is a JSON pointer in which * stands for any index. subject.options takes its keys from the
// options table, and disk rules from the fault plan's parser. Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace holdfast::scenario {

struct ObjectKeys {
  std::string_view pattern;  // "" is the whole document
  std::vector<std::string_view> keys;
};

std::span<const ObjectKeys> scenario_keys();

// The keys of the object that stands at `pattern`, which must be in the table.
std::span<const std::string_view> keys_of(std::string_view pattern);

}  // namespace holdfast::scenario
