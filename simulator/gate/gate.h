// The gate: a suite of scenarios with a verdict one can act on.
//
//   GateResult result = run_gate(scenarios, settings, interrupted);
//   result.verdict(), format_table(result.rows)
//
// Every scenario is played in VIRTUAL over its published seeds (but for those that are LIVE only,
// scenario/live_only.h); those of the LIVE tier also once in real time. The naive subject plays the
// scenarios that suit it, in the same worlds, as a control: it must miss what each of them expects,
// else the gate cannot tell good from bad and fails itself.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "simulator/gate/row.h"
#include "simulator/run/run_scenario.h"

namespace holdfast::gate {

struct GateSettings {
  run::RunOptions run;                                 // `live` is set by the gate
  bool live = true;                                    // false: --no-live
  std::function<void(const std::string& what)> begin;  // before each run
};

struct GateResult {
  std::vector<Row> rows;
  bool interrupted = false;
  std::vector<std::string> problems;

  // What became of the control: one sentence.
  std::string self_check() const;
  // The worst verdict of the core's rows, at least inconclusive when interrupted, invalid when there
  // are none; fail when a control was not rejected.
  oracle::RunVerdict verdict() const;
};

GateResult run_gate(const std::vector<scenario::Scenario>& scenarios, const GateSettings& settings,
                    const std::atomic<bool>& interrupted);

// True when the naive subject can play it: a closed loop, as the seed had.
bool suits_control(const scenario::Scenario& scenario);

}  // namespace holdfast::gate
