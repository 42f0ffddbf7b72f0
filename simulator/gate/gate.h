// The gate: a suite of scenarios with a verdict one can act on.
//
//   GateResult result = run_gate(scenarios, settings, interrupted);
//   result.verdict(), format_table(result.rows), gate_json(result), ...
//
// Every scenario is played in VIRTUAL over its published seeds (but for those that are LIVE
// only, scenario/live_only.h); those of the LIVE tier also in real time, `repeat` times. Where the bounds of
// the published seeds cannot decide, the seeds after them are played too, all at once, up to
// `max_seeds` in all. VIRTUAL rows are played on all processors at once: `begin` and `run.progress` may
// be called from several threads, and the result is the same as one after the other. The control subjects
// (controls.h) play what they can, and must be rejected.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "simulator/gate/not_run.h"
#include "simulator/gate/row.h"
#include "simulator/gate/self_check.h"
#include "simulator/run/run_scenario.h"

namespace holdfast::gate {

struct GateSettings {
  run::RunOptions run;                                 // `live` is set by the gate
  bool live = true;                                    // false: --no-live
  std::uint64_t repeat = 1;                            // of each LIVE run
  std::uint64_t max_seeds = 20;                        // of one scenario in VIRTUAL
  std::vector<std::string> overrides;                  // of every scenario; for the commands that reproduce
  std::function<void(const std::string& what)> begin;  // before each run
};

struct GateResult {
  std::vector<Row> rows;  // VIRTUAL ones first
  std::vector<NotRun> not_run;
  bool live = true;  // whether LIVE was asked for
  bool interrupted = false;
  bool plain = false;  // of `run`, which plays no controls and checks itself by none
  std::vector<std::string> overrides;

  SelfCheck self_check() const { return plain ? SelfCheck{} : gate::self_check(rows, live); }
  // The worst verdict of the rows that are no controls (plain: of all), at least inconclusive when
  // interrupted, invalid when there are none; fail when the self-check fails or a control breaks a law.
  oracle::RunVerdict verdict() const;
};

GateResult run_gate(const std::vector<scenario::Scenario>& scenarios, const GateSettings& settings,
                    const std::atomic<bool>& interrupted);

// Whether a row is a reason for the gate not to pass by itself.
bool is_problem(const Row& row);

}  // namespace holdfast::gate
