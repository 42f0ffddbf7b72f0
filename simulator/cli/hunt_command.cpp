#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "command_line/version.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/cli/run_settings.h"
#include "simulator/cli/seeds.h"
#include "simulator/oracle/result_files.h"
#include "simulator/sweep/crash_points.h"
#include "simulator/sweep/finding_json.h"
#include "simulator/sweep/hunt.h"
#include "simulator/sweep/nth.h"

namespace holdfast::cli {
namespace {

using namespace std::chrono_literals;

Arguments hunt_arguments() {
  Arguments arguments(
      "hunt", {"SCENARIO|DIR..."},
      "Plays random fault schedules over a scenario in virtual time, one for each seed, and\n"
      "checks the laws. What breaks one is shrunk to a scenario that fails by itself.\n"
      "docs/hunting.md tells how to read a finding.",
      {"holdfast hunt scenarios/hunt/swarm.json", "holdfast hunt scenarios/hunt --seeds 1..10000 --out found",
       "holdfast hunt scenarios/hunt/swarm.json --seeds 1..1000000 --time 10m",
       "holdfast hunt scenarios/hunt/small.json --nth",
       "holdfast hunt scenarios/hunt/small.json --crash-points",
       "holdfast run found/swarm-17-durability/scenario.json"});
  arguments.add()("seeds", text_value("A..B"), "or one number (default: 1..1000)")(
      "jobs", text_value("N"), "processes at once (default: one for each processor)")(
      "time", text_value("DURATION"), "end after so long, whatever seeds are left")(
      "shrink-time", text_value("DURATION"), "for each finding (default: 20s)")(
      "no-shrink", "leave findings as they were drawn")(
      "run-time", text_value("DURATION"),
      "real time that one run may take before it is a finding (default: 60s)")(
      "findings", text_value("N"), "end after so many different ones (default: 20)")(
      "nth", "instead, fail each I/O operation in turn, in every way, until a run passes untouched")(
      "crash-points", "instead, kill, and cut the power, before each I/O operation in turn")(
      "most-operations", text_value("N"), "of a scenario that is swept completely (default: 500)")(
      "set", list_value("PATH=VALUE"), "set any path of the scenario first; repeatable")(
      "out", text_value("DIR"), "for hunt.json and a directory for each finding")("json",
                                                                                  "print the result as JSON");
  return arguments;
}

// One line of standard error: redrawn on a terminal, elsewhere one each ten seconds.
class HuntProgress {
 public:
  void update(const sweep::HuntResult& result, std::uint64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (now < due_) return;
    due_ = now + (terminal_ ? 200ms : 10s);
    fmt::print(stderr, "{}{} of {} runs, {:.0f} a minute, {} found{}", terminal_ ? "\r\033[K" : "",
               result.runs, total, result.runs_per_minute(), result.met(), terminal_ ? "" : "\n");
    std::fflush(stderr);
  }
  void end() const {
    if (terminal_) fmt::print(stderr, "\r\033[K");
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::chrono::steady_clock::time_point due_{};
};

std::string directory_of(const std::string& out, const sweep::Finding& finding) {
  return out + "/" + finding.trial.scenario.name + "-" + finding.broken.law;
}

// The scenario that fails by itself, and the one that was drawn.
Status write_finding(const std::string& out, const sweep::Finding& finding) {
  const auto directory = directory_of(out, finding);
  if (auto made = make_results_directory(directory); !made) return made;
  if (auto written = oracle::write_whole_file(directory + "/scenario.json",
                                              sweep::scenario_text(finding.shrunk.scenario));
      !written)
    return written;
  return oracle::write_whole_file(directory + "/drawn.json", sweep::scenario_text(finding.trial.scenario));
}

void print_finding(const sweep::Finding& finding, const std::string& out) {
  const auto& shrunk = finding.shrunk;
  fmt::print("seed {}  {}  {} is broken: {}\n", finding.trial.seed, finding.trial.scenario.name,
             finding.broken.law, finding.broken.detail);
  fmt::print("  shrunk from {} faults that fired {} times to {} that fire {} times, in {} runs\n",
             shrunk.rules_before, shrunk.events_before, shrunk.rules_after, shrunk.events_after,
             shrunk.tried);
  if (out.empty())
    fmt::print("{}", sweep::scenario_text(shrunk.scenario));
  else
    fmt::print("  see it again: holdfast run {}/scenario.json\n", directory_of(out, finding));
  fmt::print("\n");
  std::fflush(stdout);
}

void print_result(const sweep::HuntResult& result) {
  fmt::print("{} runs, {} records, {} faults fired, {:.0f} runs a minute; {} runs played twice\n",
             result.runs, result.records, result.events, result.runs_per_minute(), result.twice);
  for (const auto& finding : result.findings)
    fmt::print("  {} times: {} with seed {}\n", finding.times, finding.broken.law, finding.trial.seed);
  fmt::print("{}\n", result.findings.empty() ? "no law was broken" : "laws were broken");
}

// What the words say, or a mistake in them.
Result<sweep::HuntSettings> settings_of(const Arguments& arguments) {
  constexpr Duration kLongest = 24h * 30;
  const auto jobs = arguments.number("jobs", std::max(1U, std::thread::hardware_concurrency()), {1, 1024});
  const auto findings = arguments.number("findings", 20, {1, 1000});
  for (const auto* number : {&jobs, &findings})
    if (!*number) return fail(number->error());
  const auto time = arguments.duration("time", kLongest, kLongest);
  const auto shrink_time = arguments.duration("shrink-time", 20s, 24h);
  const auto run_time = arguments.duration("run-time", 60s, 24h);
  for (const auto* duration : {&time, &shrink_time, &run_time})
    if (!*duration) return fail(duration->error());
  return sweep::HuntSettings{.trials = {.processes = *jobs, .within = *run_time},
                             .shrink_time = arguments.has("no-shrink") ? Duration{0} : *shrink_time,
                             .time = *time,
                             .most_findings = *findings};
}

// A complete sweep is so many runs for each operation, so scenarios that have many are refused.
Status check_sweepable(const std::vector<scenario::Scenario>& scenarios, std::uint64_t most) {
  for (const auto& scenario : scenarios) {
    const auto operations = sweep::operations_in_phases(scenario);
    if (!operations) return fail(operations.error());
    if (scenario.phases.size() < 2)
      return fail(Code::invalid,
                  scenario.file + ": a complete sweep needs a phase to sweep and one after it to recover");
    std::uint64_t swept = 0;
    for (std::size_t phase = 0; phase + 1 < scenario.phases.size(); ++phase) swept += (*operations)[phase];
    if (swept > most)
      return fail(Code::invalid,
                  fmt::format("{}: there are {} I/O operations before the last phase; at most {} are swept "
                              "completely (--most-operations)",
                              scenario.file, swept, most));
  }
  return {};
}

std::unique_ptr<sweep::Cases> cases_of(const Arguments& arguments,
                                       const std::vector<scenario::Scenario>& scenarios,
                                       scenario::SeedRange seeds) {
  if (arguments.has("nth")) return std::make_unique<sweep::NthCases>(scenarios);
  if (arguments.has("crash-points")) return std::make_unique<sweep::CrashPointCases>(scenarios, seeds);
  return std::make_unique<sweep::SwarmCases>(scenarios, seeds);
}

}  // namespace

ExitCode hunt_command(const Words& words) {
  Arguments arguments = hunt_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto files = find_scenarios(arguments.operands());
  if (!files) return arguments.mistake(files.error().message);
  const bool complete = arguments.has("nth") || arguments.has("crash-points");
  if (arguments.has("nth") && arguments.has("crash-points"))
    return arguments.mistake("choose --nth or --crash-points");
  if (arguments.has("nth") && arguments.has("seeds"))
    return arguments.mistake("--nth plays the scenario's own seed");
  const auto seeds = parse_seeds(arguments.text("seeds", complete ? "1..3" : "1..1000"));
  if (!seeds) return arguments.mistake(seeds.error().message);
  auto settings = settings_of(arguments);
  if (!settings) return arguments.mistake(settings.error().message);
  const auto loaded = load_all(*files, arguments.list("set"));
  if (loaded.ended) return *loaded.ended;
  const auto most = arguments.number("most-operations", 500, {1, 1'000'000});
  if (!most) return arguments.mistake(most.error().message);
  if (complete)
    if (auto sweepable = check_sweepable(loaded.scenarios, *most); !sweepable)
      return arguments.mistake(sweepable.error().message);
  const std::string out = arguments.text("out");
  if (!out.empty())
    if (auto made = make_results_directory(out); !made) return arguments.mistake(made.error().message);

  const bool json = arguments.has("json");
  const auto cases = cases_of(arguments, loaded.scenarios, *seeds);
  fmt::print(stderr, "holdfast {} ({}): hunting in {} scenarios\n", kVersion, kCommit,
             loaded.scenarios.size());
  HuntProgress progress;
  Status written;
  settings->progress = [&](const sweep::HuntResult& result, std::uint64_t total) {
    progress.update(result, total);
  };
  settings->found = [&](const sweep::Finding& finding) {
    progress.end();
    if (!out.empty() && written) written = write_finding(out, finding);
    if (!json) print_finding(finding, out);
  };
  const auto result = sweep::hunt(*cases, *settings, interrupted());
  progress.end();
  if (json) std::cout << sweep::hunt_json(result);
  if (!json) print_result(result);
  std::fflush(stdout);
  if (!out.empty() && written)
    written = oracle::write_whole_file(out + "/hunt.json", sweep::hunt_json(result));
  if (!written) std::cerr << "holdfast hunt: " << written.error().message << "\n";
  if (result.interrupted) return kInterrupted;
  if (!written) return kInternal;
  return result.findings.empty() ? kDone : kFailed;
}

}  // namespace holdfast::cli
