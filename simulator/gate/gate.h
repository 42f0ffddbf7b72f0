// The gate: a suite of scenarios with a verdict one can act on.
//
//   GateResult result = run_gate(scenarios, settings, interrupted);
//   result.passed(), format_table(result.rows)
//
// Every scenario is played in VIRTUAL over its published seeds; those of the LIVE tier also once in
// real time. The naive subject plays the scenarios that suit it, in the same worlds: a control that
// must fail at least one of them, else the gate cannot tell good from bad and fails itself.
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
  bool control_judged = false;    // a naive subject was played
  bool control_rejected = false;  // and failed
  std::vector<std::string> problems;

  // The worst verdict of the core's rows; fail when the control passed.
  oracle::RunVerdict verdict() const;
};

GateResult run_gate(const std::vector<scenario::Scenario>& scenarios, const GateSettings& settings,
                    const std::atomic<bool>& interrupted);

// True when the naive subject can play it: a closed loop, as the seed had.
bool suits_control(const scenario::Scenario& scenario);

}  // namespace holdfast::gate
