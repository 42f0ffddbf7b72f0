// Makes a scenario that breaks a law smaller, as long as it breaks the same law (delta debugging: Zeller,
// Hildebrandt, IEEE TSE 2002): fewer faults and process events, shorter phases, fewer records, options back
// to their defaults, narrower windows, plainer triggers.
//
//   Shrunk shrunk = shrink(drawn, seed, report, {.time = 20s, .processes = 2});
//   shrunk.scenario      // fails by itself, with the same seed
//
// Every candidate is played in a process of its own. The limits of liveness follow the options, so that a
// smaller scenario is held to what is fair to it.
#pragma once

#include <atomic>
#include <cstdint>

#include "simulator/scenario/scenario.h"
#include "simulator/sweep/run_report.h"
#include "simulator/sweep/trials.h"

namespace holdfast::sweep {

struct ShrinkSettings {
  Duration time = std::chrono::seconds(20);  // real; zero: not at all
  TrialSettings trials;
};

struct Shrunk {
  scenario::Scenario scenario;
  RunReport report;  // of its last play
  std::uint64_t tried = 0;
  std::uint64_t rules_before = 0, rules_after = 0;    // faults and process events that it arms
  std::uint64_t events_before = 0, events_after = 0;  // how often they fired
};

Shrunk shrink(const scenario::Scenario& scenario, std::uint64_t seed, const RunReport& report,
              const ShrinkSettings& settings, const std::atomic<bool>& interrupted);

// Faults and process events of all phases.
std::uint64_t count_rules(const scenario::Scenario& scenario);

}  // namespace holdfast::sweep
