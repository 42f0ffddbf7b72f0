#include "command_line/commands.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

#include "command_line/version.h"
#include "core/base/nearest.h"

namespace holdfast::command_line {
namespace {

void print_help(const Program& program, std::ostream& out) {
  std::size_t width = 0;
  for (const auto& command : program.commands) width = std::max(width, command.name.size());
  out << program.examples << "\n" << program.name << " COMMAND [OPTIONS] ...\n\nCommands:\n";
  for (const auto& command : program.commands)
    if (command.shown)
      out << "  " << command.name << std::string(width + 2 - command.name.size(), ' ') << command.purpose
          << "\n";
  out << "\n" << program.name << " COMMAND --help says more of each.\n" << program.after;
}

ExitCode unknown(const Program& program, const std::string& word) {
  std::vector<std::string_view> names;
  for (const auto& command : program.commands)
    if (command.shown) names.push_back(command.name);
  std::cerr << program.name << ": there is no command \"" << word << "\"" << allowed_names(word, names)
            << "\n";
  return kBadInput;
}

ExitCode run(const Program& program, const Words& words) {
  if (words.empty()) {
    print_help(program, std::cerr);
    return kBadInput;
  }
  if (words[0] == "--version") {
    std::cout << program.name << " " << kVersion << " (" << kCommit << ")\n";
    return kDone;
  }
  if (words[0] == "help" && words.size() > 1) return run(program, {words[1], "--help"});
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(program, std::cout);
    return kDone;
  }
  const auto found = std::ranges::find(program.commands, words[0], &Command::name);
  if (found == program.commands.end()) return unknown(program, words[0]);
  return found->run({words.begin() + 1, words.end()});
}

// A full disk behind `> file` is no success.
ExitCode with_output(const Program& program, ExitCode code) {
  const bool written = std::fflush(stdout) == 0 && std::cout.flush() && std::ferror(stdout) == 0;
  if (written) return code;
  std::cerr << program.name << ": not all of the output could be written\n";
  return code == kDone ? kInternal : code;
}

}  // namespace

ExitCode dispatch(const Program& program, const Words& words) try {
  return with_output(program, run(program, words));
} catch (const std::exception& problem) {
  std::cerr << program.name << ": internal error: " << problem.what() << "\n";
  return kInternal;
}

}  // namespace holdfast::command_line
