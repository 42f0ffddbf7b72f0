// The commands of `holdfast`, one file each. Each takes the words after its name and gives the
// program's exit code.
#pragma once

#include <span>

#include "command_line/commands.h"
#include "simulator/cli/exit_code.h"

namespace holdfast::cli {

using command_line::Words;

ExitCode run_command(const Words& words);
ExitCode gate_command(const Words& words);
ExitCode check_command(const Words& words);
ExitCode explain_command(const Words& words);
ExitCode hunt_command(const Words& words);
ExitCode replay_command(const Words& words);
ExitCode report_command(const Words& words);
ExitCode inspect_command(const Words& words);
ExitCode upstream_command(const Words& words);
ExitCode subject_command(const Words& words);  // internal: the subject's process of a LIVE run

std::span<const command_line::Command> commands();

// Runs the command that the first word names.
ExitCode dispatch(const Words& words);

}  // namespace holdfast::cli
