#include "simulator/cli/arguments.h"

#include <charconv>
#include <iostream>
#include <sstream>

#include "core/base/nearest.h"

namespace holdfast::cli {

namespace po = boost::program_options;

Arguments::Arguments(std::string command, std::string positional_help, std::string purpose,
                     std::vector<std::string> examples)
    : command_(std::move(command)),
      positional_help_(std::move(positional_help)),
      purpose_(std::move(purpose)),
      examples_(std::move(examples)) {
  options_.add_options()("help,h", "print this and end");
}

void Arguments::positional(const char* name) {
  hidden_.add_options()(name, po::value<std::vector<std::string>>());
  positions_.add(name, -1);
}

std::optional<ExitCode> Arguments::parse(const std::vector<std::string>& words) {
  po::options_description all;
  all.add(options_).add(hidden_);
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(positions_).style(style).run(), values_);
    if (has("help")) {
      print_help();
      return kPass;
    }
    po::notify(values_);
    return std::nullopt;
  } catch (const po::unknown_option& problem) {
    return mistake(problem.what() + nearest_option(problem.get_option_name()));
  } catch (const po::error& problem) {
    return mistake(problem.what());
  }
}

// `; did you mean "--no-live"?`, or nothing.
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
  if (error == std::errc{} && end == given.data() + given.size() && range.least <= value &&
      value <= range.most)
    return value;
  return fail(Code::invalid, "--" + std::string(name) + ": found \"" + given +
                                 "\"; allowed: a whole number from " + std::to_string(range.least) + " to " +
                                 std::to_string(range.most));
}

ExitCode Arguments::mistake(const std::string& what) const {
  std::cerr << "holdfast " << command_ << ": " << what << "; see holdfast " << command_ << " --help\n";
  return kBadInput;
}

void Arguments::print_help() const {
  std::cout << "Examples:\n";
  for (const auto& example : examples_) std::cout << "  " << example << "\n";
  std::cout << "\nholdfast " << command_ << " [OPTIONS]" << (positional_help_.empty() ? "" : " ")
            << positional_help_ << "\n"
            << purpose_ << "\n\n"
            << options_;
}

}  // namespace holdfast::cli
