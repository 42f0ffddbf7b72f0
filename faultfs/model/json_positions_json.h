// JSON with comments, and where each key and value of it stands, so that an error can point.
//
//   auto parsed = parse_positioned(text, "scenarios/x.json");
//   parsed->document["load"]["rate"];
//   parsed->place_of("/load/rate", false);     // line and column of the value; true: of its key
//
// Errors begin with file:line:column: bad grammar, a key that comes twice in an object, nesting
// deeper than kDeepest. Lines and columns count from 1; a column is a character, not a byte. Pure.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::faultfs {

struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
  auto operator<=>(const TextPlace&) const = default;
};

struct PositionedJson {
  static constexpr std::size_t kDeepest = 32;

  nlohmann::json document;
  std::map<std::string, TextPlace, std::less<>> keys;  // by JSON pointer
  std::map<std::string, TextPlace, std::less<>> values;

  // The place of the value (or its key), or of the nearest object around it that is known.
  TextPlace place_of(std::string_view pointer, bool key) const;
};

Result<PositionedJson> parse_positioned(std::string_view text, const std::string& file);

// "scenarios/x.json:9:14"
std::string to_string(const std::string& file, TextPlace place);

}  // namespace holdfast::faultfs
