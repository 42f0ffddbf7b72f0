#include "simulator/run/run_scenario.h"

#include <fmt/format.h>

#include "simulator/oracle/result_files.h"
#include "simulator/run/run_facts_json.h"
#include "simulator/scenario/names.h"

namespace holdfast::run {

std::string subject_name(scenario::SubjectKind kind) { return std::string(to_string(kind)); }

Result<std::unique_ptr<Outcome>> ScenarioRunner::run(const scenario::Scenario& scenario, std::uint64_t seed) {
  auto twin_run = twin(scenario, seed);
  if (!twin_run) return fail(twin_run.error());
  if ((*twin_run)->record.interrupted)
    return fail(Code::cancelled,
                "interrupted while its twin was playing; nothing was seen of " + scenario.title());
  auto faulted = play(scenario, seed, scenario.title());
  if (!faulted) return fail(faulted.error());
  return judge(*faulted, *twin_run, "");
}

Result<std::unique_ptr<Outcome>> ScenarioRunner::run_pair(const scenario::Scenario& scenario,
                                                          std::uint64_t seed, std::uint64_t number) {
  Result<Shared> faulted, twin_run;
  const auto play_faulted = [&] { faulted = play(scenario, seed, scenario.title()); };
  const bool twin_first = number % 2 == 0;
  if (!twin_first) play_faulted();
  if (!faulted) return fail(faulted.error());
  twin_run = play_twin(scenario, seed);
  if (!twin_run) return fail(twin_run.error());
  if (twin_first) play_faulted();
  if (!faulted) return fail(faulted.error());
  if ((*twin_run)->record.interrupted || (*faulted)->record.interrupted)
    return fail(Code::cancelled, fmt::format("interrupted in repeat {} of {}", number, scenario.title()));
  return judge(*faulted, *twin_run, fmt::format("-repeat{}", number));
}

Result<std::unique_ptr<Outcome>> ScenarioRunner::judge(Shared faulted, Shared twin_run,
                                                       const std::string& suffix) {
  auto result = oracle::evaluate(faulted->record, &twin_run->record);
  auto outcome = std::make_unique<Outcome>(std::move(faulted), std::move(twin_run), std::move(result));
  if (!options_.out.empty())
    if (auto written = write(*outcome, suffix); !written) return fail(written.error());
  return outcome;
}

Result<ScenarioRunner::Shared> ScenarioRunner::play(const scenario::Scenario& scenario, std::uint64_t seed,
                                                    const std::string& what) {
  OnProgress progress = [&](Duration at, const oracle::Ledger& ledger) {
    if (options_.progress) options_.progress(what, at, scenario.length(), ledger);
  };
  auto finished = options_.live ? run_live(scenario, seed, options_.live_settings, interrupted_, progress)
                                : run_virtual(scenario, seed, progress);
  if (!finished) return fail(finished.error());
  return Shared(std::move(*finished));
}

Result<ScenarioRunner::Shared> ScenarioRunner::twin(const scenario::Scenario& scenario, std::uint64_t seed) {
  if (!options_.live) return play_twin(scenario, seed);  // cheaper to play than to keep
  const auto without_faults = scenario::twin_of(scenario);
  const std::string key = fmt::format("{} {}", seed, what_a_twin_depends_on(without_faults));
  if (auto known = twins_.find(key); known != twins_.end()) return known->second;
  auto played = play_twin(scenario, seed);
  if (!played) return fail(played.error());
  if (!(*played)->record.interrupted) twins_[key] = *played;
  return *played;
}

Result<ScenarioRunner::Shared> ScenarioRunner::play_twin(const scenario::Scenario& scenario,
                                                         std::uint64_t seed) {
  return play(scenario::twin_of(scenario), seed, scenario.title() + " (twin)");
}

Status ScenarioRunner::write(Outcome& outcome, const std::string& suffix) {
  const auto& record = outcome.finished->record;
  outcome.directory = fmt::format("{}/{}/{}-{}-seed{}{}", options_.out, record.scenario.title(),
                                  subject_name(record.scenario.subject.kind),
                                  options_.live ? "live" : "virtual", record.seed, suffix);
  if (auto written = oracle::write_result_files(outcome.result, outcome.directory); !written) return written;
  std::string faults;
  for (const auto& line : outcome.finished->fault_lines) faults.append(line).append("\n");
  if (auto written = oracle::write_whole_file(outcome.directory + "/faults.jsonl", faults); !written)
    return written;
  if (const auto& log = outcome.finished->subject_log; !log.empty())
    if (auto written = oracle::write_whole_file(outcome.directory + "/subject.log", log); !written)
      return written;
  return oracle::write_whole_file(outcome.directory + "/run.json", run_facts_json());
}

}  // namespace holdfast::run
