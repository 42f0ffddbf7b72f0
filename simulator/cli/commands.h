// The commands of `holdfast`, one file each. Each takes the words after its name and gives the
// program's exit code.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/cli/exit_code.h"

namespace holdfast::cli {

using Words = std::vector<std::string>;

ExitCode run_command(const Words& words);
ExitCode gate_command(const Words& words);
ExitCode check_command(const Words& words);
ExitCode explain_command(const Words& words);
ExitCode report_command(const Words& words);
ExitCode inspect_command(const Words& words);
ExitCode upstream_command(const Words& words);
ExitCode subject_command(const Words& words);  // internal: the subject's process of a LIVE run

struct Command {
  std::string_view name;
  std::string_view purpose;
  ExitCode (*run)(const Words& words);
  bool shown = true;
};
std::span<const Command> commands();

// Chooses the command by the first word; prints the list for --help, and the nearest name when it
// is none of them.
ExitCode dispatch(const Words& words);

}  // namespace holdfast::cli
