#include "simulator/gate/requirement.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/scenario/expectation.h"
#include "simulator/scenario/format_measure.h"
#include "simulator/scenario/measures.h"

namespace holdfast::gate {
namespace {

using scenario::Comparator;

Requirement target(const std::string& phase, std::string measure) {
  return {.expectation = {.measure = measure,
                          .comparator = Comparator::greater_equal,
                          .value = kStressTarget,
                          .text = fmt::format("stress target: {} >= 10% in phase {}", measure, phase)},
          .phase = phase};
}

bool more_is_asked(Comparator comparator) {
  return comparator == Comparator::greater || comparator == Comparator::greater_equal;
}

// A process that is down offers nothing: its outage is no stress of the tracker.
bool under_target(const scenario::Phase& phase) {
  return !phase.disk.rules.empty() || !phase.upstream.empty();
}

RequirementVerdict by_bounds(const scenario::Expectation& expectation, const MedianBounds& bounds) {
  const bool low_holds = scenario::holds(expectation, *bounds.low);
  const bool high_holds = scenario::holds(expectation, *bounds.high);
  const bool more = more_is_asked(expectation.comparator);
  if (more ? low_holds : high_holds) return RequirementVerdict::pass;
  if (more ? !high_holds : !low_holds) return RequirementVerdict::fail;
  return RequirementVerdict::inconclusive;
}

}  // namespace

std::string_view to_string(RequirementVerdict verdict) {
  switch (verdict) {
    case RequirementVerdict::pass: return "pass";
    case RequirementVerdict::fail: return "fail";
    case RequirementVerdict::inconclusive: return "inconclusive";
    case RequirementVerdict::not_available: return "n/a";
    case RequirementVerdict::not_judged: return "not_judged";
  }
  return "n/a";
}

bool Requirement::every_run() const {
  if (expectation.comparator == Comparator::equal) return true;
  const auto* known = scenario::find_measure(expectation.measure);
  return known != nullptr && known->unit == scenario::MeasureUnit::count && expectation.value == 0;
}

std::vector<Requirement> requirements(const scenario::Scenario& scenario) {
  std::vector<Requirement> all;
  for (const auto& expectation : scenario.expect) all.push_back({.expectation = expectation, .phase = ""});
  for (const auto& phase : scenario.phases) {
    if (!under_target(phase)) continue;
    all.push_back(target(phase.name, "retention.durable"));
    all.push_back(target(phase.name, "retention.delivered"));
  }
  return all;
}

Judged judge(const Requirement& requirement, const std::vector<std::optional<double>>& values, bool live) {
  Judged judged{.requirement = requirement};
  const auto& expectation = requirement.expectation;
  std::vector<double> known;
  for (const auto& value : values)
    if (value) known.push_back(*value);
  judged.of = known.size();
  judged.held = static_cast<std::size_t>(
      std::ranges::count_if(known, [&](double value) { return scenario::holds(expectation, value); }));
  judged.bounds = median_bounds(known);
  const auto* measure = scenario::find_measure(expectation.measure);
  if (measure != nullptr && measure->live_only && !live)
    judged.verdict = RequirementVerdict::not_judged;
  else if (known.empty() || (known.size() < values.size() && !requirement.is_target()))
    judged.verdict =
        requirement.is_target() ? RequirementVerdict::not_judged : RequirementVerdict::not_available;
  else if (requirement.every_run() || !judged.bounds.low)
    judged.verdict = judged.held == judged.of ? RequirementVerdict::pass : RequirementVerdict::fail;
  else
    judged.verdict = by_bounds(expectation, judged.bounds);
  return judged;
}

std::string Judged::reason() const {
  const auto& expectation = requirement.expectation;
  const auto shown = [&](const std::optional<double>& value) {
    return value ? scenario::format_measure(expectation.measure, *value) : std::string("n/a");
  };
  if (verdict == RequirementVerdict::not_available)
    return fmt::format("expected {}, and {} runs could not give it", expectation.text,
                       of == 0 ? "the" : "some");
  if (of == 1) return fmt::format("expected {}, measured {}", expectation.text, shown(bounds.median));
  std::string text = fmt::format("expected {}, and it held in {} of {} runs; the median is {}",
                                 expectation.text, held, of, shown(bounds.median));
  if (bounds.low && !requirement.every_run())
    text += fmt::format(", at 95 % not below {} and not above {}", shown(bounds.low), shown(bounds.high));
  if (verdict == RequirementVerdict::inconclusive) text += ": too few runs to tell";
  return text;
}

}  // namespace holdfast::gate
