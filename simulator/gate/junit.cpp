#include "simulator/gate/junit.h"

#include <fmt/format.h>

#include "simulator/scenario/measures.h"

namespace holdfast::gate {
namespace {

// For attributes and text alike. XML 1.0 has no way to write most control characters.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\n': escaped += "&#10;"; break;
      case '\t': escaped += "&#9;"; break;
      default: escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return escaped;
}

enum class State { passed, failed, error, skipped };

struct Case {
  std::string name;
  State state = State::passed;
  std::string message;
};

std::string element_of(const Case& one, const std::string& suite) {
  std::string text =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escape(suite), escape(one.name));
  const char* tag = one.state == State::failed ? "failure" : one.state == State::error ? "error" : "skipped";
  if (one.state == State::passed) return text + "/>\n";
  return text + fmt::format(">\n      <{} message=\"{}\"/>\n    </testcase>\n", tag, escape(one.message));
}

struct Suite {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<Case> cases;

  std::size_t count(State state) const {
    std::size_t count = 0;
    for (const auto& one : cases) count += one.state == state ? 1 : 0;
    return count;
  }
  std::string element() const {
    std::string text = fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n", escape(name),
        cases.size(), count(State::failed), count(State::error), count(State::skipped));
    if (!properties.empty()) text += "    <properties>\n";
    for (const auto& [key, value] : properties)
      text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", escape(key), escape(value));
    if (!properties.empty()) text += "    </properties>\n";
    for (const auto& one : cases) text += element_of(one, name);
    return text + "  </testsuite>\n";
  }
};

// Laws and validity: what a run is worth apart from its expectations.
Case case_of_runs(const Row& row) {
  Case one{.name = "laws and validity", .message = ""};
  oracle::RunVerdict worst = oracle::RunVerdict::pass;
  for (const auto& play : row.plays()) {
    worst = worse(worst, play.soundness);
    for (const auto& reason : play.reasons)
      one.message += fmt::format("{}seed {}: {}", one.message.empty() ? "" : "\n", play.seed, reason);
  }
  if (worst != oracle::RunVerdict::pass)
    one.state = worst == oracle::RunVerdict::fail ? State::failed : State::error;
  return one;
}

Case case_of(const Judged& judged) {
  Case one{.name = judged.requirement.expectation.text, .message = ""};
  switch (judged.verdict) {
    case RequirementVerdict::pass: return one;
    case RequirementVerdict::fail:
    case RequirementVerdict::inconclusive: one.state = State::failed; break;
    case RequirementVerdict::not_available: one.state = State::error; break;
    case RequirementVerdict::not_judged:
      one.state = State::skipped;
      one.message = judged.requirement.is_target() ? "too little happened in this phase to judge it"
                                                   : "only LIVE gives this measure";
      return one;
  }
  one.message = judged.reason();
  return one;
}

Suite suite_of(const Row& row) {
  Suite suite{.name = fmt::format("{}.{}", row.title(), row.world()), .properties = {}, .cases = {}};
  suite.properties.emplace_back("file", row.scenario().file);
  suite.properties.emplace_back("runs", std::to_string(row.plays().size()));
  for (const auto& measure : scenario::known_measures())
    if (const auto cell = row.cell(measure.name); cell != "-")
      suite.properties.emplace_back(std::string(measure.name), cell);
  suite.cases.push_back(case_of_runs(row));
  for (const auto& judged : row.judged()) suite.cases.push_back(case_of(judged));
  return suite;
}

Suite suite_of_controls(const GateResult& result) {
  Suite suite{.name = "self-check", .properties = {}, .cases = {}};
  const auto check = result.self_check();
  Case overall{.name = "the gate rejects the naive subjects",
               .state = check.failed ? State::failed : State::passed,
               .message = fmt::format("{}", fmt::join(check.sentences, "\n"))};
  suite.cases.push_back(std::move(overall));
  for (const auto& row : result.rows)
    if (row.is_control() && row.broke_law())
      suite.cases.push_back({.name = fmt::format("{} {} {}", row.title(), row.subject(), row.world()),
                             .state = State::failed,
                             .message = fmt::format("{}", fmt::join(row.reasons(), "\n"))});
  return suite;
}

Suite suite_of_not_run(const GateResult& result) {
  Suite suite{.name = "not run", .properties = {}, .cases = {}};
  for (const auto& one : result.not_run)
    suite.cases.push_back(
        {.name = one.scenario.title(), .state = State::skipped, .message = one.sentence(result.overrides)});
  return suite;
}

}  // namespace

std::string junit_xml(const GateResult& result) {
  std::vector<Suite> suites;
  for (const auto& row : result.rows)
    if (!row.is_control() || result.plain) suites.push_back(suite_of(row));
  if (!result.plain) suites.push_back(suite_of_controls(result));
  if (!result.not_run.empty()) suites.push_back(suite_of_not_run(result));
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  for (const auto& suite : suites) {
    tests += suite.cases.size();
    failures += suite.count(State::failed);
    errors += suite.count(State::error);
    skipped += suite.count(State::skipped);
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format(
      "<testsuites name=\"holdfast\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n", tests,
      failures, errors, skipped);
  for (const auto& suite : suites) text += suite.element();
  return text + "</testsuites>\n";
}

}  // namespace holdfast::gate
