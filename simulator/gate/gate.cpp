#include "simulator/gate/gate.h"

#include <fmt/format.h>

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
      if (live && !scenario.live_tier) continue;
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
      auto outcome = runner.run(scenario, seed);
      if (outcome)
        row.add(**outcome);
      else
        row.add_error(outcome.error());
    }
    note(std::move(row));
  }

  void note(Row row) {
    if (row.is_control()) {
      result_.control_judged = true;
      result_.control_rejected |= row.verdict() == oracle::RunVerdict::fail;
    } else if (row.verdict() != oracle::RunVerdict::pass) {
      for (const auto& reason : row.reasons())
        result_.problems.push_back(fmt::format("{} ({}): {}", row.scenario(), row.world(), reason));
    }
    result_.rows.push_back(std::move(row));
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

oracle::RunVerdict GateResult::verdict() const {
  using oracle::RunVerdict;
  if (control_judged && !control_rejected) return RunVerdict::fail;
  RunVerdict worst = rows.empty() ? RunVerdict::invalid : RunVerdict::pass;
  for (const auto& row : rows) {
    if (row.is_control()) continue;
    if (row.verdict() == RunVerdict::fail) return RunVerdict::fail;
    if (row.verdict() != RunVerdict::pass) worst = row.verdict();
  }
  return worst;
}

}  // namespace holdfast::gate
