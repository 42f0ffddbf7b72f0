#include <fmt/format.h>

#include <charconv>
#include <iostream>

#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/cli/progress.h"
#include "simulator/cli/run_settings.h"
#include "simulator/gate/row.h"
#include "simulator/run/version.h"
#include "simulator/scenario/check.h"
#include "simulator/scenario/explain.h"
#include "simulator/scenario/measures.h"

namespace holdfast::cli {
namespace {

namespace po = boost::program_options;

Arguments run_arguments() {
  Arguments arguments(
      "run", "SCENARIO...",
      "Runs scenarios, in virtual time unless told otherwise, and prints their verdicts.",
      {"holdfast run scenarios/disk/full.json", "holdfast run --live scenarios/disk/full.json --out results",
       "holdfast run scenarios/upstream/outage.json --seeds 1..5 --set load.rate=500/s",
       "holdfast run --live scenarios/stress/slow-upstream.json --set subject.kind=naive-seed"});
  arguments.positional("scenario");
  arguments.add()("live", "in real time, through a FUSE mount and an HTTP upstream")(
      "virtual", "in virtual time (the default)")("seeds", po::value<std::string>(),
                                                  "A..B or one number; default: the scenario's own seed")(
      "set", po::value<std::vector<std::string>>()->composing(),
      "PATH=VALUE: set any path of the scenario; repeatable")(
      "out", po::value<std::string>(), "directory for result.json, timeline.csv, faults.jsonl of each run");
  return arguments;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// "7" or "1..20", at most as many as a scenario may publish.
std::optional<scenario::SeedRange> parse_seeds(std::string_view text) {
  const auto dots = text.find("..");
  const auto first = parse_number(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : parse_number(text.substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= scenario::kMostSeeds) return std::nullopt;
  return scenario::SeedRange{*first, *last};
}

// Every place a record can be in, and that they add up.
void print_accounting(const oracle::Accounting& books) {
  const std::pair<const char*, std::uint64_t> places[] = {{"unissued", books.unissued},
                                                          {"rejected", books.rejected.total()},
                                                          {"delivered", books.delivered},
                                                          {"quarantined", books.quarantined},
                                                          {"expired", books.expired},
                                                          {"pending(spool)", books.pending_spool},
                                                          {"pending(memory)", books.pending_memory},
                                                          {"lost(crash)", books.lost_crash},
                                                          {"lost(shutdown)", books.lost_shutdown},
                                                          {"unaccounted", books.unaccounted}};
  fmt::print("  offered {}", books.offered);
  const char* sign = " =";
  for (const auto& [place, count] : places) {
    if (count == 0 && std::string_view(place) != "delivered" && std::string_view(place) != "unaccounted")
      continue;
    fmt::print("{} {} {}", sign, count, place);
    sign = " +";
  }
  fmt::print("\n");
}

void print_outcome(const run::Outcome& outcome) {
  const auto& result = outcome.result;
  const auto& record = result.run;
  fmt::print("verdict: {}\n", oracle::to_string(result.judgement.verdict));
  for (const auto& reason : result.judgement.reasons) fmt::print("  because {}\n", reason);
  fmt::print("expectations:\n");
  for (const auto& expectation : result.judgement.expectations)
    fmt::print("  {:<14} {:<32} {}\n", oracle::to_string(expectation.verdict), expectation.expectation.text,
               expectation.value ? gate::format_measure(expectation.expectation.measure, *expectation.value)
                                 : "n/a");
  fmt::print("measures:\n");
  for (const auto& measure : scenario::known_measures())
    if (auto value = result.measures.value(std::string(measure.name)))
      fmt::print("  {:<22} {}\n", measure.name, gate::format_measure(measure.name, *value));
  fmt::print("laws:\n");
  for (const auto& law : result.laws)
    fmt::print("  {:<14} {:<14} {}\n", oracle::to_string(law.verdict), law.law, law.detail);
  fmt::print("records:\n");
  print_accounting(result.accounting);
  fmt::print("faults fired:");
  for (const auto& [rule, count] : record.fired) fmt::print("  {} {}", rule, count);
  fmt::print("\n");
  if (record.upstream)
    fmt::print("upstream: {} requests, {} distinct keys\n", record.upstream->requests,
               record.upstream->known_keys);
  if (record.trace_hash) fmt::print("trace hash: {}\n", *record.trace_hash);
  if (!outcome.finished->note.empty()) fmt::print("note: {}\n", outcome.finished->note);
  if (!outcome.directory.empty()) fmt::print("results: {}\n", outcome.directory);
  fmt::print("\n");
}

ExitCode run_once(run::ScenarioRunner& runner, const scenario::Scenario& scenario, bool live,
                  Progress& progress) {
  fmt::print("holdfast {} ({})  {}  {}  seed {}\n{}", run::kVersion, run::kCommit, scenario.title(),
             live ? "live" : "virtual", scenario.seed, scenario::explain(scenario));
  std::fflush(stdout);
  progress.begin(scenario.title());
  auto outcome = runner.run(scenario, scenario.seed);
  progress.end();
  if (!outcome) {
    std::cerr << "holdfast run: " << outcome.error().message << "\n";
    return exit_code(outcome.error().code);
  }
  print_outcome(**outcome);
  return exit_code((*outcome)->result.judgement.verdict);
}

}  // namespace

ExitCode run_command(const Words& words) {
  Arguments arguments = run_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto files = arguments.list("scenario");
  if (files.empty()) return arguments.mistake("name a scenario file");
  if (arguments.has("live") && arguments.has("virtual"))
    return arguments.mistake("choose --live or --virtual");
  const auto seeds =
      arguments.has("seeds") ? parse_seeds(arguments.text("seeds")) : scenario::SeedRange{0, 0};
  if (!seeds)
    return arguments.mistake("--seeds takes A..B or one number (at most a million seeds), not \"" +
                             arguments.text("seeds") + "\"");
  auto loaded = load_all(files, arguments.list("set"));
  if (loaded.ended) return *loaded.ended;

  const std::atomic<bool>& stop = interrupted();
  Progress progress;
  run::RunOptions options{
      .live = arguments.has("live"), .out = arguments.text("out"), .live_settings = live_settings()};
  options.progress = [&](const std::string& what, Duration at, Duration length,
                         const oracle::Ledger& ledger) { progress.update(what, at, length, ledger); };
  run::ScenarioRunner runner(options, stop);
  ExitCode worst = kPass;
  for (auto& scenario : loaded.scenarios) {
    const scenario::SeedRange own{scenario.seed, scenario.seed};
    const auto range = arguments.has("seeds") ? *seeds : own;
    for (std::uint64_t i = 0; i <= range.last - range.first && !stop.load(); ++i) {
      scenario.seed = range.first + i;
      worst = worse(worst, run_once(runner, scenario, options.live, progress));
    }
  }
  return stop.load() ? kInterrupted : worst;
}

}  // namespace holdfast::cli
