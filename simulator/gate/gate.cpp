#include "simulator/gate/gate.h"

#include <fmt/format.h>

#include "simulator/gate/controls.h"
#include "simulator/gate/in_parallel.h"
#include "simulator/scenario/live_only.h"

namespace holdfast::gate {
namespace {

using scenario::Scenario;
using scenario::SeedRange;

class Gate {
 public:
  Gate(const GateSettings& settings, const std::atomic<bool>& interrupted)
      : settings_(settings), interrupted_(interrupted) {}

  GateResult run(const std::vector<Scenario>& scenarios) {
    result_.live = settings_.live;
    result_.overrides = settings_.overrides;
    result_.not_run = not_run(scenarios, settings_.live);
    play_all(scenarios, false);
    if (settings_.live) play_all(scenarios, true);
    result_.interrupted = interrupted_.load();
    return std::move(result_);
  }

 private:
  // In VIRTUAL no run can disturb another; in real time they would.
  void play_all(const std::vector<Scenario>& scenarios, bool live) {
    auto options = settings_.run;
    options.live = live;
    run::ScenarioRunner runner(options, interrupted_);
    auto rows = rows_of(scenarios, live);
    if (live)
      for (auto& row : rows) play_repeats(runner, row);
    else
      in_parallel(rows, [&](Row& row) { play_seeds(runner, row); });
    for (auto& row : rows)
      if (!row.plays().empty()) result_.rows.push_back(std::move(row));
  }

  static std::vector<Row> rows_of(const std::vector<Scenario>& scenarios, bool live) {
    std::vector<Row> rows;
    for (const auto& scenario : scenarios) {
      if (live ? scenario.live_tier : scenario::why_live_only(scenario).empty())
        rows.emplace_back(scenario, live);
      for (const auto& control : controls())
        if (can_play(control, scenario, live)) rows.emplace_back(with_control(scenario, control), live);
    }
    return rows;
  }

  void play_seeds(run::ScenarioRunner& runner, Row& row) {
    const auto& scenario = row.scenario();
    const SeedRange published = scenario.seeds.value_or(SeedRange{scenario.seed, scenario.seed});
    for (std::uint64_t i = 0; i <= published.last - published.first; ++i)
      play_once(runner, row, published.first + i, 0);
    if (row.is_control() || !row.undecided()) return;
    for (std::uint64_t seed = published.last + 1; row.plays().size() < settings_.max_seeds; ++seed) {
      if (!play_once(runner, row, seed, 0)) return;
      row.note_extra(1);
    }
  }

  void play_repeats(run::ScenarioRunner& runner, Row& row) {
    const auto repeats = row.is_control() ? 1 : settings_.repeat;
    for (std::uint64_t number = 1; number <= repeats; ++number)
      play_once(runner, row, row.scenario().seed, repeats > 1 ? number : 0);
  }

  // `repeat` 0: with the twin that all share. False when the gate was interrupted.
  bool play_once(run::ScenarioRunner& runner, Row& row, std::uint64_t seed, std::uint64_t repeat) {
    if (interrupted_.load()) return false;
    if (settings_.begin)
      settings_.begin(fmt::format("{} {} {} seed {}", row.title(), row.subject(), row.world(), seed));
    Scenario with_seed = row.scenario();
    with_seed.seed = seed;
    auto outcome = repeat > 0 ? runner.run_pair(with_seed, seed, repeat) : runner.run(with_seed, seed);
    if (outcome)
      row.add(**outcome);
    else
      row.add_error(seed, outcome.error());
    return true;
  }

  const GateSettings& settings_;
  const std::atomic<bool>& interrupted_;
  GateResult result_;
};

}  // namespace

bool is_problem(const Row& row) {
  return row.is_control() ? row.broke_law() : row.verdict() != oracle::RunVerdict::pass;
}

GateResult run_gate(const std::vector<Scenario>& scenarios, const GateSettings& settings,
                    const std::atomic<bool>& interrupted) {
  return Gate(settings, interrupted).run(scenarios);
}

oracle::RunVerdict GateResult::verdict() const {
  using oracle::RunVerdict;
  RunVerdict worst = interrupted ? RunVerdict::inconclusive : RunVerdict::pass;
  bool core_judged = false;
  for (const auto& row : rows) {
    core_judged |= !row.is_control() || plain;
    if (plain)
      worst = worse(worst, row.verdict());
    else if (is_problem(row))
      worst = worse(worst, row.is_control() ? RunVerdict::fail : row.verdict());
  }
  if (self_check().failed && !interrupted) worst = worse(worst, RunVerdict::fail);
  return core_judged ? worst : worse(worst, RunVerdict::invalid);
}

}  // namespace holdfast::gate
