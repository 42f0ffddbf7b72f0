// A scenario with its twin, in one world, judged and written down.
//
//   ScenarioRunner runner(options, twins, interrupted);
//   auto outcome = runner.run(scenario, seed);
//   outcome->result.judgement.verdict
//
// A twin is played once for each load: scenarios that differ in their faults alone share it. A repeated
// run is one of a series that alternates with twins of their own,
//
//   for (number = 1..N) runner.run_pair(scenario, seed, number);     // A B, B A, A B, ...
//
// so that each is compared with the twin beside it in time, and a drift of the machine favours neither.
//
// One thread LIVE. In VIRTUAL run() may be called from several at once, if `progress` may; a run knows
// nothing of another.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "simulator/oracle/evaluate.h"
#include "simulator/run/finished_run.h"
#include "simulator/run/live_run.h"
#include "simulator/run/virtual_run.h"

namespace holdfast::run {

struct RunOptions {
  bool live = false;
  std::string out;  // "": write no files
  LiveSettings live_settings;
  std::function<void(const std::string& what, Duration at, Duration length, const oracle::Ledger& ledger)>
      progress;
};

struct Outcome {
  std::shared_ptr<FinishedRun> finished;
  std::shared_ptr<FinishedRun> twin;
  oracle::RunResult result;
  std::string directory;  // where the files are; "" when none were written
};

class ScenarioRunner {
 public:
  ScenarioRunner(RunOptions options, const std::atomic<bool>& interrupted)
      : options_(std::move(options)), interrupted_(interrupted) {}

  Result<std::unique_ptr<Outcome>> run(const scenario::Scenario& scenario, std::uint64_t seed);
  // `number` counts from 1 and becomes part of the name of the results' directory.
  Result<std::unique_ptr<Outcome>> run_pair(const scenario::Scenario& scenario, std::uint64_t seed,
                                            std::uint64_t number);

 private:
  using Shared = std::shared_ptr<FinishedRun>;

  Result<Shared> play(const scenario::Scenario& scenario, std::uint64_t seed, const std::string& what);
  Result<Shared> twin(const scenario::Scenario& scenario, std::uint64_t seed);
  Result<Shared> play_twin(const scenario::Scenario& scenario, std::uint64_t seed);
  Result<std::unique_ptr<Outcome>> judge(Shared faulted, Shared twin, const std::string& suffix);
  Status write(Outcome& outcome, const std::string& suffix);

  RunOptions options_;
  const std::atomic<bool>& interrupted_;
  std::map<std::string, Shared> twins_;  // by what they depend on
};

// "holdfast", "naive-seed", ... as scenarios write them.
std::string subject_name(scenario::SubjectKind kind);

}  // namespace holdfast::run
