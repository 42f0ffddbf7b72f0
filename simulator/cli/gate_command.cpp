#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/cli/progress.h"
#include "simulator/cli/run_settings.h"
#include "simulator/gate/gate.h"
#include "simulator/scenario/scenario_files.h"
#include "simulator/world/live/live_mount.h"

namespace holdfast::cli {
namespace {

namespace po = boost::program_options;

Arguments gate_arguments() {
  Arguments arguments(
      "gate", "[DIR|SCENARIO...]",
      "Runs a suite (default: scenarios/) in VIRTUAL over its seeds and its LIVE tier in real time,\n"
      "checks that the naive subject is rejected, and prints scenarios × measures with verdicts.",
      {"holdfast gate", "holdfast gate scenarios/disk --out results", "holdfast gate --no-live"});
  arguments.positional("scenario");
  arguments.add()("no-live", "leave out what needs FUSE and real time")(
      "set", po::value<std::vector<std::string>>()->composing(),
      "PATH=VALUE: set any path of every scenario")(
      "out", po::value<std::string>(), "directory for results and report.html (default: results/gate)")(
      "no-report", "do not draw report.html");
  return arguments;
}

ExitCode print_result(const gate::GateResult& result) {
  fmt::print("{}\n", gate::format_table(result.rows));
  for (const auto& problem : result.problems) fmt::print("{}\n", problem);
  fmt::print("self-check: {}\n", result.self_check());
  if (result.interrupted) fmt::print("interrupted after {} rows\n", result.rows.size());
  fmt::print("gate: {}\n", oracle::to_string(result.verdict()));
  ExitCode code = exit_code(result.verdict());
  for (const auto& row : result.rows)
    for (const auto& error : row.errors()) code = worse(code, exit_code(error.code));
  return code;
}

std::optional<std::vector<std::string>> find_scenarios(const Arguments& arguments) {
  auto places = arguments.list("scenario");
  if (places.empty()) places = {"scenarios"};
  std::vector<std::string> files;
  for (const auto& place : places) {
    auto found = scenario::scenario_files(place);
    if (!found) {
      std::cerr << "holdfast gate: " << found.error().message << "\n";
      return std::nullopt;
    }
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

}  // namespace

ExitCode gate_command(const Words& words) {
  Arguments arguments = gate_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto files = find_scenarios(arguments);
  if (!files) return kBadInput;
  auto loaded = load_all(*files, arguments.list("set"));
  if (loaded.ended) return *loaded.ended;
  const bool live = !arguments.has("no-live");
  if (live)
    if (auto available = world::LiveMount::available(); !available) {
      std::cerr << "holdfast gate: " << available.error().message << "; --no-live runs the rest\n";
      return kCannotRunHere;
    }

  const std::atomic<bool>& stop = interrupted();
  const std::string out = arguments.text("out", "results/gate");
  std::error_code ignored;
  std::filesystem::remove_all(std::filesystem::path(out) / "runs", ignored);  // a report of this gate alone
  Progress progress;
  gate::GateSettings settings;
  settings.live = live;
  settings.run.out = out + "/runs";
  settings.run.live_settings = live_settings();
  settings.run.progress = [&](const std::string& what, Duration at, Duration length,
                              const oracle::Ledger& ledger) { progress.update(what, at, length, ledger); };
  settings.begin = [&](const std::string& what) { progress.begin(what); };
  const gate::GateResult result = gate::run_gate(loaded.scenarios, settings, stop);
  progress.end();
  ExitCode code = print_result(result);
  std::fflush(stdout);
  if (!arguments.has("no-report") && !result.rows.empty())
    code = worse(code, draw_report({settings.run.out}, out + "/report.html"));
  return stop.load() ? kInterrupted : code;
}

}  // namespace holdfast::cli
