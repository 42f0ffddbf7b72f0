#include "command_line/arguments.h"

#include <algorithm>
#include <charconv>
#include <iostream>

#include "core/base/nearest.h"
#include "core/base/units.h"

namespace holdfast::command_line {

namespace po = boost::program_options;

namespace {

constexpr const char* kOperand = "operand";

bool may_be_left_out(const std::string& operand_name) { return operand_name.starts_with('['); }
bool takes_any_number(const std::string& operand_name) {
  return operand_name.ends_with("...") || operand_name.ends_with("...]");
}

}  // namespace

Arguments::Arguments(std::string program, std::string command, std::vector<std::string> operands,
                     std::string purpose, std::vector<std::string> examples)
    : name_(std::move(program) + " " + std::move(command)),
      operand_names_(std::move(operands)),
      purpose_(std::move(purpose)),
      examples_(std::move(examples)) {
  options_.add_options()("help,h", "print this and end");
}

std::optional<ExitCode> Arguments::parse(const std::vector<std::string>& words) {
  try {
    read(words);
    if (has("help")) {
      print_help();
      return kDone;
    }
    po::notify(values_);  // which misses required options
  } catch (const po::unknown_option& problem) {
    return mistake(problem.what() + nearest_option(problem.get_option_name()));
  } catch (const po::error& problem) {
    return mistake(problem.what());
  }
  if (const auto wrong = wrong_operands()) return mistake(*wrong + "; usage: " + usage());
  return std::nullopt;
}

void Arguments::read(const std::vector<std::string>& words) {
  const auto dashes = runs_program_ ? std::ranges::find(words, "--") : words.end();
  if (dashes != words.end()) program_words_.assign(dashes + 1, words.end());
  const std::vector<std::string> own(words.begin(), dashes);
  po::options_description all;
  all.add(options_).add_options()(kOperand, po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add(kOperand, -1);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::store(po::command_line_parser(own).options(all).positional(positions).style(style).run(), values_);
  operands_ = list(kOperand);
}

std::optional<std::string> Arguments::wrong_operands() const {
  const std::size_t named = operand_names_.size();
  const bool any_number = named > 0 && takes_any_number(operand_names_.back());
  if (operands_.size() < named && !may_be_left_out(operand_names_[operands_.size()]))
    return operand_names_[operands_.size()] + " is missing";
  if (operands_.size() > named && !any_number) return "\"" + operands_[named] + "\" is one word too many";
  if (runs_program_ && program_words_.empty()) return "the program to run is missing";
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
  std::cerr << name_ << ": " << what << "; see " << name_ << " --help\n";
  return kBadInput;
}

std::string Arguments::usage() const {
  std::string line = name_;
  for (const auto& name : operand_names_) line += " " + name;
  return line + " [OPTIONS]" + (runs_program_ ? " -- COMMAND..." : "");
}

void Arguments::print_help() const {
  std::cout << "Examples:\n";
  for (const auto& example : examples_) std::cout << "  " << example << "\n";
  std::cout << "\n" << usage() << "\n" << purpose_ << "\n\n" << options_;
}

}  // namespace holdfast::command_line
