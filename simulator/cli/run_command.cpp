#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "command_line/version.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/cli/outputs.h"
#include "simulator/cli/progress.h"
#include "simulator/cli/run_settings.h"
#include "simulator/cli/seeds.h"
#include "simulator/gate/gate.h"
#include "simulator/gate/table.h"
#include "simulator/oracle/result_json.h"
#include "simulator/scenario/check.h"
#include "simulator/scenario/explain.h"
#include "simulator/scenario/format_measure.h"
#include "simulator/scenario/measures.h"

namespace holdfast::cli {
namespace {

Arguments run_arguments() {
  Arguments arguments(
      "run", {"SCENARIO|DIR..."},
      "Runs scenarios, in virtual time unless told otherwise, and prints their verdicts.",
      {"holdfast run scenarios/disk/full.json", "holdfast run --live scenarios/disk/full.json --out results",
       "holdfast run scenarios/upstream/outage.json --seeds 1..5 --set load.rate=500/s",
       "holdfast run --live scenarios/stress/slow-upstream.json --set subject.kind=naive-seed",
       "holdfast run scenarios/disk/full.json --json | jq '.runs[0].measures'"});
  arguments.add()("live", "in real time, through a FUSE mount and an HTTP upstream")(
      "virtual", "in virtual time (the default)")("seeds", text_value("A..B"),
                                                  "or one number; default: the scenario's own seed")(
      "set", list_value("PATH=VALUE"), "set any path of the scenario; repeatable")(
      "repeat", text_value("N"),
      "play each seed so often, alternating with its twin: A B, B A, ... (default: 1)")(
      "format", text_value("LIST"),
      "of text, json, junit, markdown (default: text): the first is printed, all others go to --out")(
      "json", "the same as --format json")("out", text_value("DIR"),
                                           "for result.json, timeline.csv, faults.jsonl of each run");
  return arguments;
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

void print_of_trackers(const char* name, const std::vector<oracle::TrackerMeasures>& trackers,
                       std::optional<double> oracle::TrackerMeasures::*member) {
  std::vector<std::pair<double, std::size_t>> values;  // with the tracker's number
  for (std::size_t i = 0; i < trackers.size(); ++i)
    if (const auto& value = trackers[i].*member) values.emplace_back(*value, i + 1);
  if (values.empty()) return fmt::print("  {:<22} n/a\n", name);
  std::ranges::sort(values);
  const auto& [worst, tracker] = values.back();
  fmt::print("  {:<22} median {}, worst {} (tracker {})\n", name,
             scenario::format_measure(name, values[values.size() / 2].first),
             scenario::format_measure(name, worst), tracker);
}

void print_fleet(const std::vector<oracle::TrackerMeasures>& trackers) {
  if (trackers.empty()) return;
  fmt::print("fleet of {}, each tracker by itself:\n", trackers.size());
  print_of_trackers("amplification.mean", trackers, &oracle::TrackerMeasures::amplification_mean);
  print_of_trackers("amplification.max", trackers, &oracle::TrackerMeasures::amplification_max);
  print_of_trackers("overshoot", trackers, &oracle::TrackerMeasures::overshoot);
}

void print_outcome(const run::Outcome& outcome) {
  const auto& result = outcome.result;
  const auto& record = result.run;
  fmt::print("verdict: {}\n", oracle::to_string(result.judgement.verdict));
  for (const auto& reason : result.judgement.reasons) fmt::print("  because {}\n", reason);
  fmt::print("expectations:\n");
  for (const auto& expectation : result.judgement.expectations)
    fmt::print("  {:<14} {:<32} {}\n", oracle::to_string(expectation.verdict), expectation.expectation.text,
               expectation.value
                   ? scenario::format_measure(expectation.expectation.measure, *expectation.value)
                   : "n/a");
  fmt::print("measures:\n");
  for (const auto& measure : scenario::known_measures())
    if (auto value = result.measures.value(std::string(measure.name)))
      fmt::print("  {:<22} {}\n", measure.name, scenario::format_measure(measure.name, *value));
  print_fleet(result.measures.trackers);
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

// What was played so far: rows for the formats, and each run's own result.
struct Played {
  gate::GateResult result{.plain = true};
  std::vector<std::string> documents;  // result.json of each run
  std::size_t runs = 0;
  ExitCode worst = kDone;

  std::string json() const {
    return fmt::format("{{\"version\": 1, \"verdict\": \"{}\", \"runs\": [\n{}]}}\n",
                       oracle::to_string(result.verdict()), fmt::join(documents, ",\n"));
  }
};

class Runs {
 public:
  Runs(const run::RunOptions& options, bool text, std::uint64_t repeats, bool json, Progress& progress,
       Played& played)
      : runner_(options, interrupted()),
        live_(options.live),
        text_(text),
        json_(json),
        repeats_(repeats),
        progress_(progress),
        played_(played) {}

  void play(scenario::Scenario scenario, scenario::SeedRange seeds) {
    gate::Row row(scenario, live_);
    for (std::uint64_t i = 0; i <= seeds.last - seeds.first; ++i) {
      scenario.seed = seeds.first + i;
      for (std::uint64_t number = 1; number <= repeats_ && !interrupted().load(); ++number)
        play_once(scenario, number, row);
    }
    if (!row.plays().empty()) played_.result.rows.push_back(std::move(row));
  }

 private:
  void play_once(const scenario::Scenario& scenario, std::uint64_t number, gate::Row& row) {
    if (text_)
      fmt::print("holdfast {} ({})  {}  {}  seed {}\n{}\n", kVersion, kCommit, scenario.title(), row.world(),
                 scenario.seed, scenario::explain(scenario));
    std::fflush(stdout);
    progress_.begin(scenario.title());
    auto outcome = repeats_ > 1 ? runner_.run_pair(scenario, scenario.seed, number)
                                : runner_.run(scenario, scenario.seed);
    progress_.end();
    if (outcome)
      note(**outcome, row);
    else
      note(outcome.error(), scenario.seed, row);
  }

  void note(const run::Outcome& outcome, gate::Row& row) {
    row.add(outcome);
    ++played_.runs;
    if (text_) print_outcome(outcome);
    if (json_)
      if (auto document = oracle::result_json(outcome.result))
        played_.documents.push_back(std::move(*document));
    played_.worst = worse(played_.worst, exit_code(outcome.result.judgement.verdict));
  }
  void note(const Error& error, std::uint64_t seed, gate::Row& row) {
    row.add_error(seed, error);
    std::cerr << "holdfast run: " << error.message << "\n";
    played_.worst = worse(played_.worst, exit_code(error.code));
  }

  run::ScenarioRunner runner_;
  bool live_, text_, json_;
  std::uint64_t repeats_;
  Progress& progress_;
  Played& played_;
};

}  // namespace

ExitCode run_command(const Words& words) {
  Arguments arguments = run_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto files = find_scenarios(arguments.operands());
  if (!files) return arguments.mistake(files.error().message);
  if (arguments.has("live") && arguments.has("virtual"))
    return arguments.mistake("choose --live or --virtual");
  if (arguments.has("json") && arguments.has("format")) return arguments.mistake("choose --json or --format");
  const auto formats = parse_formats(arguments.has("json") ? "json" : arguments.text("format", "text"));
  if (!formats) return arguments.mistake(formats.error().message);
  const Outputs outputs(*formats, arguments.text("out"), "runs.json");
  if (outputs.too_many()) return arguments.mistake("several formats need a directory: add --out");
  const auto repeats = arguments.number("repeat", 1, {1, 1000});
  if (!repeats) return arguments.mistake(repeats.error().message);
  const auto seeds = parse_seeds(arguments.text("seeds", "0"));
  if (!seeds) return arguments.mistake(seeds.error().message);
  auto loaded = load_all(*files, arguments.list("set"));
  if (loaded.ended) return *loaded.ended;
  if (arguments.has("out"))
    if (auto made = make_results_directory(arguments.text("out")); !made)
      return arguments.mistake(made.error().message);

  Played played;
  played.result.live = arguments.has("live");
  played.result.overrides = arguments.list("set");
  Progress progress;
  run::RunOptions options{
      .live = arguments.has("live"), .out = arguments.text("out"), .live_settings = live_settings()};
  options.progress = [&](const std::string& what, Duration at, Duration length,
                         const oracle::Ledger& ledger) { progress.update(what, at, length, ledger); };
  Runs runs(options, outputs.prints(Format::text), *repeats, outputs.wants(Format::json), progress, played);
  for (const auto& scenario : loaded.scenarios)
    runs.play(scenario, arguments.has("seeds") ? *seeds : scenario::SeedRange{scenario.seed, scenario.seed});
  played.result.interrupted = interrupted().load();
  if (outputs.prints(Format::text) && played.runs > 1)
    fmt::print("{}", gate::format_table(played.result.rows));
  std::fflush(stdout);
  const ExitCode code = worse(played.worst, outputs.finish(played.result, played.json()));
  return interrupted().load() ? kInterrupted : code;
}

}  // namespace holdfast::cli
