#include "simulator/scenario/upstream_rules_json.h"

#include <set>

#include "faultfs/model/json_positions_json.h"
#include "simulator/scenario/read_upstream_json.h"
#include "simulator/scenario/text_file.h"

namespace holdfast::scenario {
namespace {

using config::Problems;
using upstream::UpstreamRule;

constexpr std::size_t kMostRules = 1000;

std::vector<UpstreamRule> read_rules(const nlohmann::json& document, Problems& problems) {
  std::vector<UpstreamRule> rules;
  if (!document.is_array() || document.size() > kMostRules) {
    problems.push_back(
        {"", false, "found " + config::describe(document) + "; allowed: an array of at most 1000 rules"});
    return rules;
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const std::string pointer = config::pointer_to("", i);
    rules.push_back(read_upstream_rule(config::ObjectReader(document[i], pointer, problems)));
    if (!names.insert(rules.back().name).second)
      problems.push_back({pointer, false, "found a second rule named \"" + rules.back().name + "\""});
  }
  return rules;
}

}  // namespace

Result<std::vector<UpstreamRule>> parse_upstream_rules(std::string_view text, const std::string& file) {
  auto parsed = faultfs::parse_positioned(text, file);
  if (!parsed) return fail(parsed.error());
  Problems problems;
  auto rules = read_rules(parsed->document, problems);
  if (problems.empty()) return rules;
  std::string message;
  for (const auto& problem : problems)
    message += (message.empty() ? "" : "\n") +
               to_string(file, parsed->place_of(problem.pointer, problem.at_key)) + ": " + problem.message;
  return fail(Code::invalid, std::move(message));
}

Result<std::vector<UpstreamRule>> load_upstream_rules(const std::string& file) {
  const auto text = read_text_file(file);
  if (!text) return fail(text.error());
  return parse_upstream_rules(*text, file);
}

}  // namespace holdfast::scenario
