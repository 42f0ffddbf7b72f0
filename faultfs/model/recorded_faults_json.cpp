#include "faultfs/model/recorded_faults_json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "faultfs/model/fault_effect_json.h"
#include "faultfs/model/path_class.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kAtRestName = "rest";

// "9e3779b97f4a7c15".
std::optional<std::uint64_t> drawn_of(const json& line) {
  const auto text = line.value("drawn", std::string());
  std::uint64_t drawn = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), drawn, 16);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole ? std::optional(drawn) : std::nullopt;
}

Status aim(Rule& rule, const json& line) {
  const auto operation = line.at("op").get<std::string>();
  if (auto aimed = aim_at_path(rule.when, line.at("path").get<std::string>()); !aimed) return aimed;
  if (operation == kAtRestName) return {};
  const auto known = operation_from(operation);
  if (!known) return fail(Code::invalid, "\"" + operation + "\" is no operation");
  rule.when.operations = {*known};
  rule.when.ordinal = line.value("ordinal", std::uint64_t{0});
  if (rule.when.ordinal > 0) return {};
  return fail(Code::invalid,
              "it has no \"ordinal\", so it is not of a mount, or of more files than a mount keeps apart");
}

Result<Rule> rule_of(const json& line) {
  Rule rule{.name = line.at("rule").get<std::string>()};
  auto effect = effect_from_json(line.at("effect"), "/effect");
  if (!effect) return fail(Code::invalid, effect.error().pointer + ": " + effect.error().message);
  rule.effect = *std::move(effect);
  rule.continues = !rule.effect.answers();  // what was told beside it is told again
  rule.recorded = Recorded{.decision = line.at("decision").get<std::string>(),
                           .order_dependent = line.at("order_dependent").get<bool>(),
                           .drawn = drawn_of(line)};
  if (auto aimed = aim(rule, line); !aimed) return fail(aimed.error());
  return rule;
}

std::string key_of(json line, const Rule& rule) {
  for (const char* passing : {"n", "t", "pid"}) line.erase(passing);
  if (rule.effect.kill_caller) line.erase("decision");  // which names the caller
  return line.dump();
}

// None: there is nothing in it to do again.
Result<std::optional<RecordedFault>> read_line(std::string_view text) {
  try {
    const json line = json::parse(text);
    if (line.contains("source") || !line.contains("effect")) return std::nullopt;
    auto rule = rule_of(line);
    if (!rule) return fail(rule.error());
    std::string key = key_of(line, *rule);
    return RecordedFault{std::string(text), *std::move(rule), std::move(key)};
  } catch (const json::exception& error) {
    return fail(Code::invalid, std::string("it is no line of a fault log: ") + error.what());
  }
}

std::multiset<std::string> keys_of(const std::vector<RecordedFault>& faults) {
  std::multiset<std::string> keys;
  for (const auto& fault : faults) keys.insert(fault.key);
  return keys;
}

}  // namespace

Result<std::vector<RecordedFault>> parse_fault_log(std::string_view text) {
  std::vector<RecordedFault> faults;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    auto fault = read_line(line);
    const std::string where = "line " + std::to_string(number) + ": ";
    if (!fault) return fail(fault.error().code, where + fault.error().message);
    if (!*fault) continue;
    if (faults.size() == kMostRecorded)
      return fail(Code::invalid, where + "more than " + std::to_string(kMostRecorded) + " faults");
    faults.push_back(**std::move(fault));
  }
  return faults;
}

std::vector<Rule> rules_of(const std::vector<RecordedFault>& faults) {
  std::vector<Rule> rules;
  for (const auto& fault : faults) rules.push_back(fault.rule);
  return rules;
}

std::string lines_of(const std::vector<RecordedFault>& faults) {
  std::string lines;
  for (const auto& fault : faults) lines += fault.line + '\n';
  return lines;
}

std::size_t recurred(const std::vector<RecordedFault>& faults, const std::vector<RecordedFault>& again) {
  auto left = keys_of(again);
  std::size_t count = 0;
  for (const auto& fault : faults) {
    const auto found = left.find(fault.key);
    if (found == left.end()) continue;
    left.erase(found);
    ++count;
  }
  return count;
}

}  // namespace holdfast::faultfs
