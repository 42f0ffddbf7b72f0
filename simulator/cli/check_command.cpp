#include <fmt/format.h>

#include <iostream>

#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"
#include "simulator/scenario/explain.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/scenario_files.h"

namespace holdfast::cli {
namespace {

namespace po = boost::program_options;

struct Read {
  std::vector<scenario::Scenario> scenarios;
  std::optional<ExitCode> ended;
};

Read read(Arguments& arguments, const Words& words) {
  arguments.positional("scenario");
  arguments.add()("set", po::value<std::vector<std::string>>()->composing(),
                  "PATH=VALUE: set any path of the scenario");
  if (auto ended = arguments.parse(words)) return {{}, ended};
  const auto places = arguments.list("scenario");
  if (places.empty()) return {{}, arguments.mistake("name a scenario file or a directory")};
  std::vector<std::string> files;
  for (const auto& place : places) {
    auto found = scenario::scenario_files(place);
    if (!found) return {{}, arguments.mistake(found.error().message)};
    files.insert(files.end(), found->begin(), found->end());
  }
  auto loaded = load_all(files, arguments.list("set"));
  return {std::move(loaded.scenarios), loaded.ended};
}

}  // namespace

ExitCode check_command(const Words& words) {
  Arguments arguments("check", "SCENARIO|DIR...",
                      "Validates scenarios: grammar, units, names, and whether they can be judged.",
                      {"holdfast check scenarios", "holdfast check my.json --set load.rate=500/s"});
  auto read_in = read(arguments, words);
  for (const auto& scenario : read_in.scenarios) {
    const std::string why = scenario::why_live_only(scenario);
    fmt::print("{}: ok{}\n", scenario.file, why.empty() ? "" : ", LIVE only: " + why);
  }
  return read_in.ended.value_or(kPass);
}

ExitCode explain_command(const Words& words) {
  Arguments arguments("explain", "SCENARIO...", "Prints the resolved timeline, faults and expectations.",
                      {"holdfast explain scenarios/disk/full.json"});
  auto read_in = read(arguments, words);
  for (const auto& scenario : read_in.scenarios) fmt::print("{}\n", scenario::explain(scenario));
  return read_in.ended.value_or(kPass);
}

}  // namespace holdfast::cli
