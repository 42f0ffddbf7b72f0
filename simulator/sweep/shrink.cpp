#include "simulator/sweep/shrink.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulator/scenario/resolved_json.h"
#include "simulator/sweep/liveness.h"
#include "simulator/sweep/smaller.h"

namespace holdfast::sweep {
namespace {

using Steady = std::chrono::steady_clock;

std::uint64_t offered(const scenario::Scenario& scenario) {
  if (scenario.load.arrival == scenario::Arrival::closed) return 0;
  const double records = scenario.load.rate * static_cast<double>(scenario.length().count()) / 1e9;
  return static_cast<std::uint64_t>(records) + 1;
}

// Holds the scenario to what its options allow: the limits, and a last phase in which they can be seen.
void settle(scenario::Scenario& scenario) {
  make_breaker_judgeable(scenario.subject.options);
  scenario.limits = limits_of(scenario, offered(scenario));
  auto& last = scenario.phases.back();
  if (!last.faulty())
    last.length = scenario.limits.recover + scenario.recovery_window() + std::chrono::seconds(1);
  scenario.resolved_json = scenario::resolved_json(scenario);
}

class Shrinker {
 public:
  Shrinker(scenario::Scenario scenario, std::uint64_t seed, RunReport report, const ShrinkSettings& settings,
           const std::atomic<bool>& interrupted)
      : best_(std::move(scenario)),
        seed_(seed),
        report_(std::move(report)),
        law_(report_.broken.front().law),
        trials_(settings.trials),
        latest_(Steady::now() + settings.time),
        interrupted_(interrupted) {}

  Shrunk run() {
    Shrunk shrunk{.rules_before = count_rules(best_), .events_before = report_.events};
    for (bool smaller = true; smaller && !over();) {
      smaller = false;
      for (const Way way : ways_to_be_smaller()) smaller = exhaust(way) || smaller;
    }
    shrunk.tried = tried_;
    shrunk.rules_after = count_rules(best_);
    shrunk.events_after = report_.events;
    shrunk.report = std::move(report_);
    shrunk.scenario = std::move(best_);
    return shrunk;
  }

 private:
  bool over() const { return interrupted_.load() || Steady::now() >= latest_; }

  // Goes one way as long as it leads somewhere; true when it did.
  bool exhaust(Way way) {
    bool smaller = false;
    while (!over() && step(way)) smaller = true;
    return smaller;
  }

  // As many candidates at once as there are processes; the first that still breaks the law is the next.
  bool step(Way way) {
    auto candidates = way(best_);
    for (auto& candidate : candidates) settle(candidate);
    std::erase_if(candidates, [&](const auto& candidate) {
      return candidate.resolved_json == best_.resolved_json || !check_playable(candidate);
    });
    for (std::size_t from = 0; from < candidates.size() && !over(); from += trials_.at_once()) {
      const auto begin = candidates.begin() + static_cast<std::ptrdiff_t>(from);
      const auto count = std::min(trials_.at_once(), candidates.size() - from);
      if (try_some({begin, begin + static_cast<std::ptrdiff_t>(count)})) return true;
    }
    return false;
  }

  bool try_some(const std::vector<scenario::Scenario>& candidates) {
    std::vector<Trial> trials;
    for (const auto& candidate : candidates)
      trials.push_back(
          {.number = ++tried_, .scenario = candidate, .seed = seed_, .twice = law_ == "determinism"});
    auto reports = trials_.play_all(trials);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!reports[i].breaks(law_)) continue;
      best_ = candidates[i];
      report_ = std::move(reports[i]);
      return true;
    }
    return false;
  }

  scenario::Scenario best_;
  std::uint64_t seed_;
  RunReport report_;
  std::string law_;
  Trials trials_;
  Steady::time_point latest_;
  const std::atomic<bool>& interrupted_;
  std::uint64_t tried_ = 0;
};

}  // namespace

std::uint64_t count_rules(const scenario::Scenario& scenario) {
  std::uint64_t rules = 0;
  for (const auto& phase : scenario.phases)
    rules += phase.disk.rules.size() + phase.upstream.size() + phase.process.size();
  return rules;
}

Shrunk shrink(const scenario::Scenario& scenario, std::uint64_t seed, const RunReport& report,
              const ShrinkSettings& settings, const std::atomic<bool>& interrupted) {
  return Shrinker(scenario, seed, report, settings, interrupted).run();
}

}  // namespace holdfast::sweep
