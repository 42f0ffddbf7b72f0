#include "simulator/cli/commands.h"

#include <array>

namespace holdfast::cli {
namespace {

using command_line::Command;

constexpr std::array kCommands{
    Command{"run", "run scenarios, print verdicts", run_command},
    Command{"gate", "run a directory of scenarios in both worlds; the profile for CI", gate_command},
    Command{"check", "validate scenarios", check_command},
    Command{"explain", "print a scenario's resolved timeline, faults and expectations", explain_command},
    Command{"hunt", "random fault schedules in virtual time; shrink what breaks a law", hunt_command},
    Command{"replay", "play a scenario event by event, then say which laws held", replay_command},
    Command{"report", "draw results into one HTML page", report_command},
    Command{"inspect", "read a spool directory: what is in it, what is damaged", inspect_command},
    Command{"upstream", "serve the mock upstream alone", upstream_command},
    Command{"subject", "the subject's process of a LIVE run", subject_command, false},
};

constexpr std::string_view kExamples = R"(Examples:
  holdfast gate                                  the whole gate: scenarios/ in both worlds
  holdfast run scenarios/disk/full.json          one scenario in virtual time
  holdfast run --live scenarios/disk/full.json   the same through FUSE and HTTP
)";

constexpr std::string_view kExitCodes = R"(
Exit codes: 0 pass, 1 gate failed or law broken, 2 inconclusive or invalid, 3 bad scenario or
arguments, 4 this machine cannot run it, 5 internal error, 130 interrupted.
)";

}  // namespace

std::span<const Command> commands() { return kCommands; }

ExitCode dispatch(const Words& words) {
  return command_line::dispatch(
      {.name = "holdfast", .examples = kExamples, .commands = kCommands, .after = kExitCodes}, words);
}

}  // namespace holdfast::cli
