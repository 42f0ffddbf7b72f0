// What a scenario requires of its subject, and the judgement of it over many runs: seeds of VIRTUAL,
// repeats of LIVE.
//
//   for (const Requirement& required : requirements(scenario))
//     Judged judged = judge(required, values);     // one value for each run, in order of the runs
//
// Two kinds: the scenario's own expectations, and the stress target, which the gate adds to every phase
// with faults of disk or upstream: at least 10 % of retention.durable, and of retention.delivered where
// any client could have delivered 20 % of what the twin did.
//
// A value that may differ from run to run is judged by the bounds of its median (median_bounds.h), in
// the direction of its comparator; fewer than five values must all hold. An equality, and a count that
// must not exceed 0, must hold in every run. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/gate/median_bounds.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::gate {

inline constexpr double kStressTarget = 0.10;
inline constexpr double kLeastOracleShare = 0.20;

struct Requirement {
  scenario::Expectation expectation;  // measure, comparator, limit, text, line in the file
  std::string phase;                  // of the stress target: in this phase alone; "": an expectation
  bool is_target() const { return !phase.empty(); }
  bool every_run() const;
};

// The expectations in the order of the file, then the targets in the order of the phases.
std::vector<Requirement> requirements(const scenario::Scenario& scenario);

enum class RequirementVerdict : std::uint8_t {
  pass,
  fail,
  inconclusive,   // the bounds cannot decide
  not_available,  // a run could not give the measure
  not_judged,     // LIVE only, or a target without enough records
};
std::string_view to_string(RequirementVerdict verdict);

struct Judged {
  Requirement requirement;
  RequirementVerdict verdict = RequirementVerdict::pass;
  std::size_t held = 0;  // runs in which it held by itself
  std::size_t of = 0;    // runs that had a value
  MedianBounds bounds;
  std::string reason() const;  // why it is not a pass; a sentence
};

// nullopt: the run has no value. A target is judged on the values there are.
Judged judge(const Requirement& requirement, const std::vector<std::optional<double>>& values, bool live);

}  // namespace holdfast::gate
