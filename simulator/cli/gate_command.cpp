#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "command_line/version.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/cli/outputs.h"
#include "simulator/cli/progress.h"
#include "simulator/cli/run_settings.h"
#include "simulator/gate/gate.h"
#include "simulator/gate/gate_json.h"
#include "simulator/gate/table.h"
#include "simulator/scenario/explain.h"
#include "simulator/world/live/live_mount.h"

namespace holdfast::cli {
namespace {

Arguments gate_arguments() {
  Arguments arguments(
      "gate", {"[DIR|SCENARIO...]"},
      "Runs a suite (default: scenarios/) in VIRTUAL over its seeds and its LIVE tier in real time,\n"
      "checks that the naive subjects are rejected, and prints scenarios × measures with verdicts.\n"
      "docs/ci.md shows it in a pipeline.",
      {"holdfast gate", "holdfast gate scenarios/disk --out results", "holdfast gate --no-live",
       "holdfast gate --no-live --no-report --format junit my-scenarios > junit.xml"});
  arguments.add()("no-live", "leave out what needs FUSE and real time")(
      "set", list_value("PATH=VALUE"), "set any path of every scenario; repeatable")(
      "repeat", text_value("N"), "play each LIVE scenario so often, alternating with its twin (default: 1)")(
      "max-seeds", text_value("N"),
      "seeds of one scenario at most, where the published ones cannot decide (default: 20)")(
      "format", text_value("LIST"),
      "of text, json, junit, markdown (default: all): the first is printed, the others are written")(
      "out", text_value("DIR"),
      "for gate.json, junit.xml, summary.md, runs/ and report.html (default: results/gate)")(
      "no-report", "do not draw report.html");
  return arguments;
}

// The limits are there so that a typing error does not play for a year.
constexpr std::uint64_t kMostRepeats = 100;
constexpr std::uint64_t kMostSeedsPlayed = gate::kMostForBounds;

// What is to be played, said before the first run.
void announce(const std::vector<scenario::Scenario>& scenarios) {
  fmt::print(stderr, "holdfast {} ({}): {} scenarios\n\n", kVersion, kCommit, scenarios.size());
  for (const auto& scenario : scenarios) fmt::print(stderr, "{}\n", scenario::explain_briefly(scenario));
}

ExitCode code_of(const gate::GateResult& result) {
  ExitCode code = exit_code(result.verdict());
  for (const auto& row : result.rows)
    for (const auto& error : row.errors()) code = worse(code, exit_code(error.code));
  return code;
}

}  // namespace

ExitCode gate_command(const Words& words) {
  Arguments arguments = gate_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto formats = parse_formats(arguments.text("format", "text,json,junit,markdown"));
  if (!formats) return arguments.mistake(formats.error().message);
  const auto repeat = arguments.number("repeat", 1, {1, kMostRepeats});
  const auto max_seeds = arguments.number("max-seeds", 20, {1, kMostSeedsPlayed});
  for (const auto* number : {&repeat, &max_seeds})
    if (!*number) return arguments.mistake(number->error().message);
  auto places = arguments.operands();
  if (places.empty()) places = {"scenarios"};
  const auto files = find_scenarios(places);
  if (!files) return arguments.mistake(files.error().message);
  auto loaded = load_all(*files, arguments.list("set"));
  if (loaded.ended) return *loaded.ended;
  const bool live = !arguments.has("no-live");
  if (live)
    if (auto available = world::LiveMount::available(); !available) {
      std::cerr << "holdfast gate: " << available.error().message << "; --no-live runs the rest\n";
      return kCannotRunHere;
    }

  const std::string out = arguments.text("out", "results/gate");
  if (auto made = make_results_directory(out); !made) return arguments.mistake(made.error().message);
  std::error_code ignored;
  std::filesystem::remove_all(std::filesystem::path(out) / "runs", ignored);  // a report of this gate alone
  announce(loaded.scenarios);
  Progress progress;
  gate::GateSettings settings;
  settings.live = live;
  settings.repeat = *repeat;
  settings.max_seeds = *max_seeds;
  settings.overrides = arguments.list("set");
  settings.run.out = out + "/runs";
  settings.run.live_settings = live_settings();
  settings.run.progress = [&](const std::string& what, Duration at, Duration length,
                              const oracle::Ledger& ledger) { progress.update(what, at, length, ledger); };
  settings.begin = [&](const std::string& what) { progress.begin(what); };
  const gate::GateResult result = gate::run_gate(loaded.scenarios, settings, interrupted());
  progress.end();

  const Outputs outputs(*formats, out, "gate.json");
  if (outputs.prints(Format::text))
    std::cout << gate::format_table(result.rows) << "\n" << gate::format_conclusion(result);
  ExitCode code = worse(code_of(result), outputs.finish(result, gate::gate_json(result)));
  if (!arguments.has("no-report") && !result.rows.empty())
    code = worse(code, draw_report({settings.run.out}, out + "/report.html"));
  return interrupted().load() ? kInterrupted : code;
}

}  // namespace holdfast::cli
