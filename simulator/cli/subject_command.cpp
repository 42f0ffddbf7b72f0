#include <iostream>
#include <limits>

#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/run/finished_run.h"
#include "simulator/run/live_subject.h"
#include "simulator/scenario/parse_json.h"

namespace holdfast::cli {

ExitCode subject_command(const Words& words) {
  Arguments arguments("subject", {"SCENARIO"}, "Internal: the subject's process of a LIVE run.",
                      {"(started by holdfast run --live)"});
  for (const char* name : {"seed", "incarnation", "mount", "endpoint", "ledger", "claims", "report"})
    arguments.add()(name, text_value("VALUE")->required(), "");
  arguments.add()("command-directory", text_value("VALUE"), "");
  arguments.add()("set", list_value("PATH=VALUE"), "");
  if (auto ended = arguments.parse(words)) return *ended;
  auto scenario = scenario::load_scenario(arguments.operand(0), arguments.list("set"));
  if (!scenario) {
    std::cerr << scenario.error().message << "\n";
    return kBadInput;
  }
  const auto seed = arguments.number("seed", 0, {0, std::numeric_limits<std::uint64_t>::max()});
  const auto incarnation = arguments.number("incarnation", 0, {0, std::numeric_limits<std::uint16_t>::max()});
  for (const auto* number : {&seed, &incarnation})
    if (!*number) return arguments.mistake(number->error().message);
  run::LiveSubjectSpec spec{.scenario = std::move(*scenario),
                            .seed = *seed,
                            .incarnation = static_cast<std::uint16_t>(*incarnation),
                            .mount = arguments.text("mount"),
                            .ledger = arguments.text("ledger"),
                            .claims = arguments.text("claims"),
                            .report = arguments.text("report")};
  spec.scenario.subject.command_directory = arguments.text("command-directory");
  spec.scenario.subject.place(spec.mount, arguments.text("endpoint"));
  if (auto ran = run::run_live_subject(spec); !ran) {
    std::cerr << "holdfast subject: " << ran.error().message << "\n";
    return exit_code(ran.error().code);
  }
  return kDone;
}

}  // namespace holdfast::cli
