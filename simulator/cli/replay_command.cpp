#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "command_line/version.h"
#include "core/base/units.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"
#include "simulator/oracle/laws.h"
#include "simulator/run/trace_json.h"
#include "simulator/run/virtual_run.h"
#include "simulator/scenario/explain.h"

namespace holdfast::cli {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongest = 24h;

Arguments replay_arguments() {
  Arguments arguments(
      "replay", {"FILE"},
      "Plays a scenario in virtual time, event by event: what each worker asked of disk and link, which\n"
      "faults were decided, what was claimed and delivered; then the laws. docs/hunting.md reads one.",
      {"holdfast replay found/swarm-24-durability/scenario.json",
       "holdfast replay scenario.json --from 4.2s --to 4.3s --all",
       "holdfast replay scenario.json --out traces",
       "holdfast replay scenario.json --json | jq 'select(.what == \"fault\")'"});
  arguments.add()("seed", text_value("N"), "default: the scenario's own")(
      "from", text_value("DURATION"), "leave out what was before")("to", text_value("DURATION"),
                                                                   "and what came after")(
      "node", text_value("N"), "events of this node alone; each life of the subject is one, the first is 1")(
      "all", "sleeps, waits and wake-ups too")("set", list_value("PATH=VALUE"),
                                               "set any path of the scenario; repeatable")(
      "json", "a JSON object a line")("out", text_value("DIR"),
                                      "write all of it to DIR/trace.jsonl and print the laws alone");
  return arguments;
}

bool is_waiting(const std::string& what) {
  return what == "sleep" || what == "idle" || what == "wait" || what == "notify" || what == "join" ||
         what == "spawn";
}

struct Filter {
  Duration from{0}, to = kLongest;
  std::optional<std::uint64_t> node;
  bool all = false;
  bool passes(const run::TraceLine& line) const {
    return from <= line.at && line.at <= to && (!node || line.node == *node) &&
           (all || !is_waiting(line.what));
  }
};

Result<Filter> filter_of(const Arguments& arguments) {
  const auto to = arguments.duration("to", kLongest, kLongest);
  if (!to) return fail(to.error());
  const auto from = arguments.has("from") ? arguments.duration("from", Duration{0}, kLongest) : Duration{0};
  if (!from) return fail(from.error());
  const auto node = arguments.number("node", 0, {0, 100'000});
  if (!node) return fail(node.error());
  Filter filter{.from = *from, .to = *to, .node = {}, .all = arguments.has("all")};
  if (arguments.has("node")) filter.node = *node;
  return filter;
}

ExitCode print_laws(const oracle::RunRecord& record, bool json) {
  ExitCode code = kDone;
  if (!json) fmt::print("laws:\n");
  for (const auto& law : oracle::check_laws(record)) {
    if (law.verdict == oracle::LawVerdict::fail) code = kFailed;
    const run::TraceLine line{.at = record.length,
                              .who = "",
                              .what = "law",
                              .about = law.law,
                              .outcome = std::string(to_string(law.verdict)) + ": " + law.detail};
    if (json)
      fmt::print("{}\n", run::trace_json_line(line));
    else
      fmt::print("  {:<14} {:<14} {}\n", to_string(law.verdict), law.law, law.detail);
  }
  if (!json && record.trace_hash) fmt::print("trace hash: {}\n", *record.trace_hash);
  return code;
}

}  // namespace

ExitCode replay_command(const Words& words) {
  Arguments arguments = replay_arguments();
  if (auto ended = arguments.parse(words)) return *ended;
  const auto filter = filter_of(arguments);
  if (!filter) return arguments.mistake(filter.error().message);
  const auto scenario = load_checked(arguments.operand(0), arguments.list("set"));
  if (!scenario) return std::cerr << scenario.error().message << "\n", kBadInput;
  const auto seed = arguments.number("seed", scenario->seed, {0, UINT64_MAX});
  if (!seed) return arguments.mistake(seed.error().message);
  const std::string out = arguments.text("out");
  std::ofstream file;
  if (!out.empty()) {
    if (auto made = make_results_directory(out); !made) return arguments.mistake(made.error().message);
    file.open(out + "/trace.jsonl");
  }

  const bool json = arguments.has("json");
  if (!json)
    fmt::print("holdfast {} ({})  {}  VIRTUAL  seed {}\n{}\n", kVersion, kCommit, scenario->title(), *seed,
               scenario::explain(*scenario));
  const auto finished = run::run_virtual(*scenario, *seed, {}, [&](const run::TraceLine& line) {
    if (!filter->passes(line)) return;
    if (file.is_open())
      file << run::trace_json_line(line) << "\n";
    else
      fmt::print("{}\n", json ? run::trace_json_line(line) : run::format_line(line));
  });
  if (!finished) {
    std::cerr << "holdfast replay: " << finished.error().message << "\n";
    return exit_code(finished.error().code);
  }
  const ExitCode code = print_laws((*finished)->record, json);
  std::fflush(stdout);
  if (file.is_open() && !file.flush()) {
    std::cerr << "holdfast replay: " << out << "/trace.jsonl cannot be written\n";
    return kInternal;
  }
  return code;
}

}  // namespace holdfast::cli
