#include "simulator/gate/row.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/gate/controls.h"
#include "simulator/scenario/expectation.h"
#include "simulator/scenario/format_measure.h"
#include "simulator/scenario/measures.h"
#include "simulator/scenario/names.h"

namespace holdfast::gate {
namespace {

using oracle::RunVerdict;

constexpr std::size_t kMostReasons = 20;  // of one row; more say nothing new

// The member of a phase's retention that a stress target is about.
std::optional<double> of_phase(const oracle::PhaseRetention& phase, std::string_view measure) {
  if (measure == "retention.durable") return phase.durable;
  const bool possible = phase.oracle_share && *phase.oracle_share >= kLeastOracleShare;
  return possible ? phase.delivered : std::nullopt;
}

bool any(const std::vector<Judged>& judged, RequirementVerdict verdict) {
  return std::ranges::any_of(judged, [&](const Judged& one) { return one.verdict == verdict; });
}

std::vector<double> known(const std::vector<std::optional<double>>& values) {
  std::vector<double> some;
  for (const auto& value : values)
    if (value) some.push_back(*value);
  return some;
}

}  // namespace

RunVerdict worse(RunVerdict a, RunVerdict b) {
  const auto rank = [](RunVerdict verdict) {
    switch (verdict) {
      case RunVerdict::pass: return 0;
      case RunVerdict::inconclusive: return 1;
      case RunVerdict::invalid: return 2;
      case RunVerdict::fail: return 3;
    }
    return 3;
  };
  return rank(b) > rank(a) ? b : a;
}

Row::Row(scenario::Scenario scenario, bool live) : scenario_(std::move(scenario)), live_(live) {}

bool Row::is_control() const { return gate::is_control(scenario_.subject.kind); }

std::string Row::subject() const { return std::string(scenario::to_string(scenario_.subject.kind)); }

void Row::add(const run::Outcome& outcome) {
  const auto& result = outcome.result;
  Play play{.seed = result.run.seed,
            .soundness = result.judgement.soundness,
            .reasons = result.judgement.soundness_reasons,
            .measures = {},
            .phases = result.measures.phases,
            .broken_laws = {},
            .trace_hash = result.run.trace_hash.value_or("")};
  for (const auto& measure : scenario::known_measures())
    play.measures[std::string(measure.name)] = result.measures.value(measure.name);
  for (const auto& law : result.laws)
    if (law.verdict == oracle::LawVerdict::fail) play.broken_laws.push_back(law.law);
  plays_.push_back(std::move(play));
}

void Row::add_error(std::uint64_t seed, const Error& error) {
  errors_.push_back(error);
  plays_.push_back({.seed = seed, .soundness = RunVerdict::invalid, .reasons = {error.message}});
}

std::vector<std::optional<double>> Row::values(std::string_view measure) const {
  std::vector<std::optional<double>> values;
  for (const auto& play : plays_) {
    const auto found = play.measures.find(measure);
    values.push_back(found == play.measures.end() ? std::nullopt : found->second);
  }
  return values;
}

std::vector<std::optional<double>> Row::values(const Requirement& requirement) const {
  if (!requirement.is_target()) return values(requirement.expectation.measure);
  std::vector<std::optional<double>> values;
  for (const auto& play : plays_) {
    const auto phase = std::ranges::find(play.phases, requirement.phase, &oracle::PhaseRetention::phase);
    values.push_back(phase == play.phases.end() ? std::nullopt
                                                : of_phase(*phase, requirement.expectation.measure));
  }
  return values;
}

std::vector<Judged> Row::judged() const {
  std::vector<Judged> all;
  for (const auto& requirement : requirements(scenario_))
    all.push_back(judge(requirement, values(requirement), live_));
  return all;
}

RunVerdict Row::verdict() const {
  RunVerdict soundness = RunVerdict::pass;
  for (const auto& play : plays_) soundness = worse(soundness, play.soundness);
  if (soundness == RunVerdict::fail || soundness == RunVerdict::invalid) return soundness;
  const auto all = judged();
  if (any(all, RequirementVerdict::fail)) return RunVerdict::fail;
  if (any(all, RequirementVerdict::not_available)) return RunVerdict::invalid;
  if (any(all, RequirementVerdict::inconclusive)) return RunVerdict::inconclusive;
  return soundness;
}

std::vector<std::string> Row::reasons() const {
  std::vector<std::string> reasons;
  const auto of_runs = [&](RunVerdict verdict) {
    for (const auto& play : plays_)
      if (play.soundness == verdict)
        for (const auto& reason : play.reasons)
          reasons.push_back(fmt::format("seed {}: {}", play.seed, reason));
  };
  const auto of_requirements = [&](RequirementVerdict verdict) {
    for (const auto& one : judged())
      if (one.verdict == verdict) reasons.push_back(one.reason());
  };
  of_runs(RunVerdict::fail);
  of_runs(RunVerdict::invalid);
  of_requirements(RequirementVerdict::fail);
  of_requirements(RequirementVerdict::not_available);
  of_runs(RunVerdict::inconclusive);
  of_requirements(RequirementVerdict::inconclusive);
  if (reasons.size() > kMostReasons) {
    const auto more = reasons.size() - kMostReasons;
    reasons.resize(kMostReasons);
    reasons.push_back(fmt::format("and {} more", more));
  }
  return reasons;
}

std::uint64_t Row::telling_seed() const {
  for (const auto verdict : {RunVerdict::fail, RunVerdict::invalid, RunVerdict::inconclusive})
    for (const auto& play : plays_)
      if (play.soundness == verdict) return play.seed;
  for (const auto& one : judged()) {
    if (one.verdict == RequirementVerdict::pass || one.verdict == RequirementVerdict::not_judged) continue;
    const auto of_plays = values(one.requirement);
    for (std::size_t i = 0; i < of_plays.size(); ++i)
      if (!of_plays[i] || !scenario::holds(one.requirement.expectation, *of_plays[i])) return plays_[i].seed;
  }
  return plays_.empty() ? scenario_.seed : plays_.front().seed;
}

bool Row::undecided() const {
  const bool sound =
      std::ranges::all_of(plays_, [](const Play& play) { return play.soundness == RunVerdict::pass; });
  return sound && verdict() == RunVerdict::inconclusive;
}

bool Row::broke_law() const {
  return std::ranges::any_of(plays_, [](const Play& play) { return !play.broken_laws.empty(); });
}

bool Row::rejected() const { return !broke_law() && any(judged(), RequirementVerdict::fail); }

MedianBounds Row::bounds(std::string_view measure) const { return median_bounds(known(values(measure))); }

std::string Row::cell(std::string_view measure) const {
  const auto some = known(values(measure));
  if (some.empty()) return "-";
  const double median = *median_bounds(some).median;
  using scenario::format_measure;
  const double worst = scenario::more_is_better(measure) ? std::ranges::min(some) : std::ranges::max(some);
  if (some.size() == 1 || median == worst) return format_measure(measure, median);
  return fmt::format("{} ({})", format_measure(measure, median), format_measure(measure, worst));
}

}  // namespace holdfast::gate
