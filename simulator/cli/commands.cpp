#include "simulator/cli/commands.h"

#include <array>
#include <iostream>

#include "core/base/nearest.h"

namespace holdfast::cli {
namespace {

constexpr std::array kCommands{
    Command{"run", "run scenarios, print verdicts", run_command},
    Command{"gate", "run a directory of scenarios in both worlds; the profile for CI", gate_command},
    Command{"check", "validate scenarios", check_command},
    Command{"explain", "print a scenario's resolved timeline, faults and expectations", explain_command},
    Command{"report", "draw results into one HTML page", report_command},
    Command{"inspect", "read a spool directory: what is in it, what is damaged", inspect_command},
    Command{"upstream", "serve the mock upstream alone", upstream_command},
    Command{"subject", "the subject's process of a LIVE run", subject_command, false},
};

void print_commands(std::ostream& out) {
  out << "Examples:\n"
         "  holdfast gate                                  the whole gate: scenarios/ in both worlds\n"
         "  holdfast run scenarios/disk/full.json          one scenario in virtual time\n"
         "  holdfast run --live scenarios/disk/full.json   the same through FUSE and HTTP\n"
         "\nholdfast COMMAND [OPTIONS] ...\n\nCommands:\n";
  for (const auto& command : kCommands)
    if (command.shown)
      out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.purpose << "\n";
  out << "\nholdfast COMMAND --help says more of each.\n"
         "Exit codes: 0 pass, 1 gate failed or law broken, 2 inconclusive or invalid, 3 bad scenario or\n"
         "arguments, 4 this machine cannot run it, 5 internal error, 130 interrupted.\n";
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

ExitCode dispatch(const Words& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_commands(words.empty() ? std::cerr : std::cout);
    return words.empty() ? kBadInput : kPass;
  }
  std::vector<std::string_view> names;
  for (const auto& command : kCommands) {
    if (command.name == words[0]) return command.run({words.begin() + 1, words.end()});
    if (command.shown) names.push_back(command.name);
  }
  std::cerr << "holdfast: there is no command \"" << words[0] << "\"" << allowed_names(words[0], names)
            << "\n";
  return kBadInput;
}

}  // namespace holdfast::cli
