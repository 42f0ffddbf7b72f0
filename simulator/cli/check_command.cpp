#include <fmt/format.h>

#include <iostream>

#include "simulator/cli/arguments.h"
#include "simulator/cli/checked_json.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"
#include "simulator/scenario/explain.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/virtual_only.h"

namespace holdfast::cli {
namespace {

// The files that the words name; empty with a code when there are none.
std::optional<std::vector<std::string>> files_of(Arguments& arguments, const Words& words, ExitCode& ended) {
  arguments.add()("set", list_value("PATH=VALUE"), "set any path of the scenario; repeatable");
  const auto end = [&](ExitCode code) {
    ended = code;
    return std::nullopt;
  };
  if (auto parsed = arguments.parse(words)) return end(*parsed);
  auto files = find_scenarios(arguments.operands());
  if (!files) return end(arguments.mistake(files.error().message));
  return std::move(*files);
}

// {"file": ..., "ok": ..., "problems": [...]} for each.
ExitCode check_as_json(const std::vector<std::string>& files, const std::vector<std::string>& overrides) {
  std::vector<CheckedFile> checked;
  ExitCode code = kDone;
  for (const auto& file : files) {
    const auto loaded = load_checked(file, overrides);
    checked.push_back({file, loaded ? std::string() : loaded.error().message});
    if (!loaded) code = kBadInput;
  }
  std::cout << checked_json(checked);
  return code;
}

// The world that alone can play it, and why; "" when both can.
std::string one_world(const scenario::Scenario& scenario) {
  if (const auto why = scenario::why_live_only(scenario); !why.empty()) return ", LIVE only: " + why;
  if (const auto why = scenario::why_virtual_only(scenario); !why.empty()) return ", VIRTUAL only: " + why;
  return "";
}

}  // namespace

ExitCode check_command(const Words& words) {
  Arguments arguments("check", {"SCENARIO|DIR..."},
                      "Validates scenarios: grammar, units, names, and whether they can be judged.",
                      {"holdfast check scenarios", "holdfast check my.json --set load.rate=500/s",
                       "holdfast check scenarios --json"});
  arguments.add()("json", "an array of file, ok and problems");
  ExitCode ended = kDone;
  const auto files = files_of(arguments, words, ended);
  if (!files) return ended;
  if (arguments.has("json")) return check_as_json(*files, arguments.list("set"));
  const auto loaded = load_all(*files, arguments.list("set"));
  for (const auto& scenario : loaded.scenarios) {
    fmt::print("{}: ok{}\n", scenario.file, one_world(scenario));
  }
  return loaded.ended.value_or(kDone);
}

ExitCode explain_command(const Words& words) {
  Arguments arguments("explain", {"SCENARIO|DIR..."},
                      "Prints the resolved timeline, faults and expectations.",
                      {"holdfast explain scenarios/disk/full.json",
                       "holdfast explain scenarios/disk/full.json --json | jq .load"});
  arguments.add()("json", "the resolved scenario, itself a valid scenario; one line for each");
  ExitCode ended = kDone;
  const auto files = files_of(arguments, words, ended);
  if (!files) return ended;
  const auto loaded = load_all(*files, arguments.list("set"));
  for (const auto& scenario : loaded.scenarios)
    fmt::print("{}\n", arguments.has("json") ? scenario.resolved_json : scenario::explain(scenario));
  return loaded.ended.value_or(kDone);
}

}  // namespace holdfast::cli
