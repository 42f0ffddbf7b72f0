#include "simulator/gate/gate.h"

#include <fmt/format.h>

#include "simulator/scenario/live_only.h"

namespace holdfast::gate {
namespace {

using scenario::Scenario;
using scenario::SubjectKind;

class Gate {
 public:
  Gate(const GateSettings& settings, const std::atomic<bool>& interrupted)
      : settings_(settings), interrupted_(interrupted) {}

  GateResult run(const std::vector<Scenario>& scenarios) {
    play_all(scenarios, false);
    if (settings_.live) play_all(scenarios, true);
    result_.interrupted = interrupted_.load();
    return std::move(result_);
  }

 private:
  void play_all(const std::vector<Scenario>& scenarios, bool live) {
    auto options = settings_.run;
    options.live = live;
    run::ScenarioRunner runner(options, interrupted_);
    for (const auto& scenario : scenarios) {
      if (live ? !scenario.live_tier : !scenario::why_live_only(scenario).empty()) continue;
      play(runner, scenario, live);
      if (!suits_control(scenario) || scenario.subject.kind != SubjectKind::holdfast) continue;
      Scenario control = scenario;
      control.subject.kind = SubjectKind::naive_seed;
      play(runner, control, live);
    }
  }

  void play(run::ScenarioRunner& runner, const Scenario& scenario, bool live) {
    if (interrupted_.load()) return;
    Row row(scenario.title(), run::subject_name(scenario.subject.kind), live);
    const scenario::SeedRange one{scenario.seed, scenario.seed};
    const auto seeds = live ? one : scenario.seeds.value_or(one);
    for (std::uint64_t seed = seeds.first; seed <= seeds.last && !interrupted_.load(); ++seed) {
      if (settings_.begin)
        settings_.begin(fmt::format("{} {} {} seed {}", row.scenario(), row.subject(), row.world(), seed));
      scenario::Scenario with_seed = scenario;
      with_seed.seed = seed;
      auto outcome = runner.run(with_seed, seed);
      if (outcome)
        row.add(**outcome);
      else
        row.add_error(outcome.error());
    }
    note(std::move(row));
  }

  void note(Row row) {
    const bool as_it_should = row.is_control() ? row.rejected() : row.verdict() == oracle::RunVerdict::pass;
    if (!as_it_should)
      for (const auto& reason : row.reasons())
        result_.problems.push_back(
            fmt::format("{} ({} {}): {}", row.scenario(), row.subject(), row.world(), reason));
    if (row.seeds() > 0) result_.rows.push_back(std::move(row));
  }

  const GateSettings& settings_;
  const std::atomic<bool>& interrupted_;
  GateResult result_;
};

}  // namespace

bool suits_control(const Scenario& scenario) { return scenario.load.arrival == scenario::Arrival::closed; }

GateResult run_gate(const std::vector<Scenario>& scenarios, const GateSettings& settings,
                    const std::atomic<bool>& interrupted) {
  return Gate(settings, interrupted).run(scenarios);
}

std::string GateResult::self_check() const {
  std::size_t controls = 0, rejected = 0;
  for (const auto& row : rows) {
    controls += row.is_control();
    rejected += row.is_control() && row.rejected();
  }
  if (controls == 0) return "not done: no scenario here suits the naive subject";
  if (rejected == controls)
    return fmt::format("the naive subject is rejected in {} of {}, as it must be", rejected, controls);
  return fmt::format("the naive subject is rejected in {} of {} only: this gate cannot tell good from bad",
                     rejected, controls);
}

oracle::RunVerdict GateResult::verdict() const {
  using oracle::RunVerdict;
  RunVerdict worst = interrupted ? RunVerdict::inconclusive : RunVerdict::pass;
  bool core_judged = false;
  for (const auto& row : rows) {
    core_judged |= !row.is_control();
    if (row.is_control())
      worst = worse(worst, row.rejected() || interrupted ? RunVerdict::pass : RunVerdict::fail);
    else
      worst = worse(worst, row.verdict());
  }
  return core_judged ? worst : worse(worst, RunVerdict::invalid);
}

}  // namespace holdfast::gate
