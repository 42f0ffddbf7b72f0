#include "simulator/cli/arguments.h"

#include <iostream>
#include <sstream>

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
  } catch (const po::error& problem) {
    return mistake(problem.what());
  }
}

std::string Arguments::text(const char* name, const std::string& otherwise) const {
  return has(name) ? values_[name].as<std::string>() : otherwise;
}

std::vector<std::string> Arguments::list(const char* name) const {
  return has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

ExitCode Arguments::mistake(const std::string& what) const {
  std::cerr << "holdfast " << command_ << ": " << what << "; see holdfast " << command_ << " --help\n";
  return kBadInput;
}

void Arguments::print_help() const {
  std::cout << "Examples:\n";
  for (const auto& example : examples_) std::cout << "  " << example << "\n";
  std::cout << "\nholdfast " << command_ << " [OPTIONS] " << positional_help_ << "\n"
            << purpose_ << "\n\n"
            << options_;
}

}  // namespace holdfast::cli
