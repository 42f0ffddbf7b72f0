#include "simulator/scenario/read_names_json.h"

#include <algorithm>

namespace holdfast::scenario {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestRuleName = 200;

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '/';
}

}  // namespace

void read_plain_name(config::ObjectReader& reader, std::string& name) {
  if (!reader.require("name") || !reader.text("name", name)) return;
  const bool plain = std::ranges::all_of(name, is_name_letter);
  const bool number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  if (name.empty() || name.size() > kLongestName || !plain || number)
    reader.problem("name",
                   "found the name \"" + name + "\"; allowed: letters, digits, -, _ and /, not digits alone");
}

void read_rule_name(config::ObjectReader& reader, std::string& name) {
  if (!reader.require("name") || !reader.text("name", name)) return;
  if (name.empty() || name.size() > kLongestRuleName)
    reader.problem("name", "found a name of " + std::to_string(name.size()) + " bytes; allowed: 1 to 200");
}

}  // namespace holdfast::scenario
