// One command's options: parsed without guessing, documented with examples first.
//
//   Arguments arguments("run", "SCENARIO...", "Runs scenarios and prints their verdicts.",
//                       {"holdfast run scenarios/disk/full.json", ...});
//   arguments.add()("live", "in real time, through FUSE and HTTP");
//   arguments.positional("scenario");
//   if (auto ended = arguments.parse(words)) return *ended;      // --help or a mistake
//   if (arguments.has("live")) ...
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "simulator/cli/exit_code.h"

namespace holdfast::cli {

class Arguments {
 public:
  Arguments(std::string command, std::string positional_help, std::string purpose,
            std::vector<std::string> examples);

  boost::program_options::options_description_easy_init add() { return options_.add_options(); }
  // Words without an option go here, any number of them.
  void positional(const char* name);

  // nullopt: go on. Otherwise the program ends with this code, its help or error printed.
  std::optional<ExitCode> parse(const std::vector<std::string>& words);

  bool has(const char* name) const { return values_.count(name) > 0; }
  std::string text(const char* name, const std::string& otherwise = "") const;
  std::vector<std::string> list(const char* name) const;
  // A whole number within the range; the error says what was found and what is allowed.
  struct Range {
    std::uint64_t least, most;
  };
  Result<std::uint64_t> number(const char* name, std::uint64_t otherwise, Range range) const;
  // Prints "holdfast run: <what>; see holdfast run --help" and gives kBadInput.
  ExitCode mistake(const std::string& what) const;

 private:
  void print_help() const;
  std::string nearest_option(const std::string& found) const;

  std::string command_;
  std::string positional_help_;
  std::string purpose_;
  std::vector<std::string> examples_;
  boost::program_options::options_description options_{"Options"};
  boost::program_options::options_description hidden_;
  boost::program_options::positional_options_description positions_;
  boost::program_options::variables_map values_;
};

}  // namespace holdfast::cli
