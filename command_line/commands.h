// A program that is a table of commands, one file each: `faultfs mount ...`.
//
//   constexpr std::array kCommands{Command{"mount", "show a directory at a mountpoint", mount_command}, ...};
//   return dispatch({.name = "faultfs", .examples = "...", .commands = kCommands, .after = "..."}, words);
//
// One thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "command_line/exit_code.h"

namespace holdfast::command_line {

using Words = std::vector<std::string>;

struct Command {
  std::string_view name;
  std::string_view purpose;
  ExitCode (*run)(const Words& words);  // the words after its name
  bool shown = true;
};

struct Program {
  std::string_view name;
  std::string_view examples;  // what --help prints above the table of commands,
  std::span<const Command> commands;
  std::string_view after;  // and below it; both end with a new line
};

// Runs the command that the first word names; --help (or help COMMAND) and --version are answered for every
// program. Without a command, or when there is no such one, says what there is. Output that cannot be written
// is an error. An exception that a command lets out is an internal error.
ExitCode dispatch(const Program& program, const Words& words);

}  // namespace holdfast::command_line
