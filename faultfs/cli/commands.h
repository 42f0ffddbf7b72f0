// The commands of `faultfs`, in files of their own. Each takes the words after its name and gives the
// program's exit code.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/cli/exit_code.h"

namespace holdfast::faultfs::cli {

using Words = std::vector<std::string>;

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

struct Command {
  std::string_view name;
  std::string_view purpose;
  ExitCode (*run)(const Words& words);
};

// Chooses the command by the first word; prints the list for --help, and the nearest name when it is none
// of them.
ExitCode dispatch(const Words& words);

}  // namespace holdfast::faultfs::cli
