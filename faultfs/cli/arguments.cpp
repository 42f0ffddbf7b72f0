#include "faultfs/cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <iostream>

#include "core/base/nearest.h"
#include "core/base/units.h"

namespace holdfast::faultfs::cli {

namespace po = boost::program_options;

ExitCode tell(const Error& error) {
  std::cerr << "faultfs: " << error.message << '\n';
  return exit_code(error.code);
}

Arguments::Arguments(std::string command, std::vector<std::string> operands, std::string purpose,
                     std::vector<std::string> examples)
    : command_(std::move(command)),
      names_(std::move(operands)),
      purpose_(std::move(purpose)),
      examples_(std::move(examples)) {
  options_.add_options()("help,h", "print this and end");
}

void Arguments::read(const std::vector<std::string>& words) {
  const auto dashes = runs_program_ ? std::ranges::find(words, "--") : words.end();
  if (dashes != words.end()) program_.assign(dashes + 1, words.end());
  po::options_description all;
  all.add(options_).add_options()("operand", po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add("operand", -1);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  const std::vector<std::string> own(words.begin(), dashes);
  po::store(po::command_line_parser(own).options(all).positional(positions).style(style).run(), values_);
  po::notify(values_);
  operands_ = list("operand");
}

std::optional<ExitCode> Arguments::parse(const std::vector<std::string>& words) {
  try {
    read(words);
  } catch (const po::unknown_option& problem) {
    return mistake(problem.what() + nearest_option(problem.get_option_name()));
  } catch (const po::error& problem) {
    return mistake(problem.what());
  }
  if (has("help")) {
    print_help();
    return kDone;
  }
  if (const auto missing = what_is_missing()) return mistake(*missing);
  return std::nullopt;
}

std::optional<std::string> Arguments::what_is_missing() const {
  if (operands_.size() != names_.size()) return "usage: " + usage();
  if (runs_program_ && program_.empty()) return "the program to run is missing; usage: " + usage();
  return std::nullopt;
}

// `; did you mean "--daemon"?`, or nothing.
std::string Arguments::nearest_option(const std::string& found) const {
  std::vector<std::string> names;
  for (const auto& option : options_.options()) names.push_back("--" + option->long_name());
  const auto nearest = nearest_name(found, std::vector<std::string_view>(names.begin(), names.end()));
  return nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?";
}

std::string Arguments::text(const char* name, const std::string& otherwise) const {
  return has(name) ? values_[name].as<std::string>() : otherwise;
}

std::vector<std::string> Arguments::list(const char* name) const {
  return has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

Result<std::uint64_t> Arguments::number(const char* name, std::uint64_t otherwise, Range range) const {
  if (!has(name)) return otherwise;
  const std::string given = text(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  const bool is_whole = error == std::errc{} && end == given.data() + given.size();
  if (is_whole && range.least <= value && value <= range.most) return value;
  return fail(Code::invalid, "--" + std::string(name) + ": found \"" + given +
                                 "\"; allowed: a whole number from " + std::to_string(range.least) + " to " +
                                 std::to_string(range.most));
}

Result<Duration> Arguments::duration(const char* name, Duration otherwise, Duration most) const {
  if (!has(name)) return otherwise;
  const auto given = parse_duration(text(name));
  if (given && *given > Duration::zero() && *given <= most) return *given;
  return fail(Code::invalid, "--" + std::string(name) + ": found \"" + text(name) +
                                 "\"; allowed: a duration like \"30s\", at most " + format_duration(most));
}

ExitCode Arguments::mistake(const std::string& what) const {
  std::cerr << "faultfs " << command_ << ": " << what << "; see faultfs " << command_ << " --help\n";
  return kBadInput;
}

std::string Arguments::usage() const {
  std::string line = "faultfs " + command_;
  for (const auto& name : names_) line += " " + name;
  return line + " [OPTIONS]" + (runs_program_ ? " -- COMMAND..." : "");
}

void Arguments::print_help() const {
  std::cout << "Examples:\n";
  for (const auto& example : examples_) std::cout << "  " << example << "\n";
  std::cout << "\n" << usage() << "\n" << purpose_ << "\n\n" << options_;
}

}  // namespace holdfast::faultfs::cli
