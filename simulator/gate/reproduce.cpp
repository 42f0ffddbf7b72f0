#include "simulator/gate/reproduce.h"

#include <fmt/format.h>

namespace holdfast::gate {
namespace {

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string play_command(const scenario::Scenario& scenario, bool live, std::string_view options,
                         const std::vector<std::string>& overrides) {
  std::string command =
      fmt::format("holdfast run{} {}{}", live ? " --live" : "", shell_word(scenario.file), options);
  for (const auto& setting : overrides) command += " --set " + shell_word(setting);
  return command;
}

std::string reproduce(const Row& row, const std::vector<std::string>& overrides) {
  std::string options = fmt::format(" --seeds {}", row.telling_seed());
  if (row.live() && row.plays().size() > 1) options += fmt::format(" --repeat {}", row.plays().size());
  const auto command = play_command(row.scenario(), row.live(), options, overrides);
  return row.is_control() ? command + " --set subject.kind=" + row.subject() : command;
}

}  // namespace holdfast::gate
