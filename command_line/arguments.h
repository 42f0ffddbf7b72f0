// The words of one command: its operands, its options, which are not guessed from a part of their names, and
// where it runs one a program after "--". Help begins with examples.
//
//   Arguments arguments("faultfs", "load", {"MOUNTPOINT", "PLAN"}, "Arms a plan.",
//                       {"faultfs load /mnt/faulty plan.json"});
//   arguments.add()("socket", text_value("PATH"), "the control socket");
//   if (auto ended = arguments.parse(words)) return *ended;      // help, or a mistake that it has told
//   load(arguments.operand(0), arguments.text("socket"));
//
// One thread.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command_line/exit_code.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::command_line {

// Of an option that takes a text; of one that may be given several times.
inline auto* text_value(const char* name) {
  return boost::program_options::value<std::string>()->value_name(name);
}
inline auto* list_value(const char* name) {
  return boost::program_options::value<std::vector<std::string>>()->composing()->value_name(name);
}

class Arguments {
 public:
  // The last of the operands' names may end in "...": any number of them, at least one unless it stands in
  // brackets, "[DIR...]".
  Arguments(std::string program, std::string command, std::vector<std::string> operands, std::string purpose,
            std::vector<std::string> examples);

  boost::program_options::options_description_easy_init add() { return options_.add_options(); }
  // It takes "-- COMMAND...", and must be given one.
  void runs_program() { runs_program_ = true; }

  // nullopt: go on. Otherwise the program ends with this code, its help or error printed.
  std::optional<ExitCode> parse(const std::vector<std::string>& words);

  const std::vector<std::string>& operands() const { return operands_; }
  const std::string& operand(std::size_t number) const { return operands_[number]; }
  const std::vector<std::string>& program() const { return program_words_; }
  bool has(const char* name) const { return values_.count(name) > 0; }
  std::string text(const char* name, const std::string& otherwise = "") const;
  std::vector<std::string> list(const char* name) const;
  // A whole number or a duration within the range; the error says what was found and what is allowed.
  struct Range {
    std::uint64_t least, most;
  };
  Result<std::uint64_t> number(const char* name, std::uint64_t otherwise, Range range) const;
  Result<Duration> duration(const char* name, Duration otherwise, Duration most) const;
  // Prints "faultfs load: <what>; see faultfs load --help" and gives kBadInput.
  ExitCode mistake(const std::string& what) const;

 private:
  std::string name_;  // "faultfs load"
  std::vector<std::string> operand_names_;
  std::string purpose_;
  std::vector<std::string> examples_;
  bool runs_program_ = false;
  boost::program_options::options_description options_{"Options"};
  boost::program_options::variables_map values_;
  std::vector<std::string> operands_;
  std::vector<std::string> program_words_;

  void read(const std::vector<std::string>& words);
  void print_help() const;
  std::string usage() const;
  std::string nearest_option(const std::string& found) const;
  std::optional<std::string> wrong_operands() const;
};

}  // namespace holdfast::command_line
