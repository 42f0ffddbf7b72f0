// The commands of `faultfs`, in files of their own. Each takes the words after its name and gives the
// program's exit code.
#pragma once

#include "command_line/commands.h"
#include "faultfs/cli/exit_code.h"

namespace holdfast::faultfs::cli {

using command_line::Words;

ExitCode mount_command(const Words& words);
ExitCode unsynced_command(const Words& words);
ExitCode power_cut_command(const Words& words);
ExitCode promised_command(const Words& words);
ExitCode check_command(const Words& words);
ExitCode unmount_command(const Words& words);
ExitCode load_command(const Words& words);
ExitCode clear_command(const Words& words);
ExitCode restore_command(const Words& words);
ExitCode status_command(const Words& words);
ExitCode log_command(const Words& words);
ExitCode coverage_command(const Words& words);
ExitCode trace_command(const Words& words);
ExitCode enumerate_command(const Words& words);
ExitCode replay_command(const Words& words);
ExitCode shrink_command(const Words& words);

// Runs the command that the first word names.
ExitCode dispatch(const Words& words);

}  // namespace holdfast::faultfs::cli
