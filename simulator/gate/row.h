// One line of a gate's table: a scenario with a subject in a world, over all its runs.
//
//   Row row(scenario, live);
//   row.add(*outcome);                    // once for each seed or repeat
//   row.verdict(), row.reasons(), row.measure("retention.durable").bounds.low
//
// Laws hold in every run; requirements are judged over all of them (requirement.h). The first that
// applies is the verdict: fail, a law is broken; invalid, a run is; fail, a requirement is missed;
// invalid, a run could not give an expected measure; inconclusive; pass.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/gate/requirement.h"
#include "simulator/run/run_scenario.h"

namespace holdfast::gate {

// What a row keeps of one run.
struct Play {
  std::uint64_t seed = 0;
  oracle::RunVerdict soundness = oracle::RunVerdict::pass;  // apart from the expectations
  std::vector<std::string> reasons;
  std::map<std::string, std::optional<double>, std::less<>> measures;
  std::vector<oracle::PhaseRetention> phases;
  std::vector<std::string> broken_laws;
  std::string trace_hash;  // VIRTUAL
};

class Row {
 public:
  Row(scenario::Scenario scenario, bool live);

  void add(const run::Outcome& outcome);
  void add(Play play) { plays_.push_back(std::move(play)); }
  // A run that could not be played at all.
  void add_error(std::uint64_t seed, const Error& error);

  const scenario::Scenario& scenario() const { return scenario_; }
  std::string title() const { return scenario_.title(); }
  std::string subject() const;
  bool live() const { return live_; }
  std::string_view world() const { return live_ ? "live" : "virtual"; }
  bool is_control() const;  // its subject is one of controls.h, there to be rejected

  const std::vector<Play>& plays() const { return plays_; }
  const std::vector<Error>& errors() const { return errors_; }
  // Runs beyond the published seeds, and why they were played.
  std::size_t extra() const { return extra_; }
  void note_extra(std::size_t runs) { extra_ += runs; }

  std::vector<Judged> judged() const;
  oracle::RunVerdict verdict() const;
  std::vector<std::string> reasons() const;  // why it is not a pass, the deciding ones first
  // Only more runs can tell.
  bool undecided() const;
  bool broke_law() const;
  // The seed that shows best why the row is not a pass.
  std::uint64_t telling_seed() const;
  // A control is rejected for what it achieves; one that breaks a law tells of a defect here.
  bool rejected() const;

  // nullopt values: the run could not give it.
  std::vector<std::optional<double>> values(std::string_view measure) const;
  MedianBounds bounds(std::string_view measure) const;
  // The value of a single run, or the median with the worst in parentheses; "-" for none.
  std::string cell(std::string_view measure) const;

 private:
  std::vector<std::optional<double>> values(const Requirement& requirement) const;

  scenario::Scenario scenario_;
  bool live_;
  std::size_t extra_ = 0;
  std::vector<Play> plays_;
  std::vector<Error> errors_;
};

// The worse of two: fail before invalid before inconclusive before pass.
oracle::RunVerdict worse(oracle::RunVerdict a, oracle::RunVerdict b);

}  // namespace holdfast::gate
