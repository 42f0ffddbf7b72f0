#include "simulator/cli/run_settings.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "simulator/scenario/check.h"
#include "simulator/scenario/parse_json.h"
#include "simulator/scenario/scenario_files.h"

extern char** environ;

namespace holdfast::cli {
namespace {

namespace fs = std::filesystem;

fs::path own_path() {
  std::error_code problem;
  return fs::read_symlink("/proc/self/exe", problem);
}

// The Python package `reports`: at the project's root, above the build directory, or where
// HOLDFAST_HOME says.
std::optional<fs::path> home_of_reports() {
  if (const char* home = std::getenv("HOLDFAST_HOME")) return fs::path(home);
  for (fs::path at = own_path().parent_path(); !at.empty() && at != at.root_path(); at = at.parent_path())
    if (fs::exists(at / "reports" / "__main__.py")) return at;
  return std::nullopt;
}

}  // namespace

run::LiveSettings live_settings() {
  const fs::path self = own_path();
  return {.holdfast_program = self.string(),
          .faultfs_program = (self.parent_path() / "faultfs").string(),
          .scratch = std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : "/tmp"};
}

Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& places) {
  std::vector<std::string> files;
  for (const auto& place : places) {
    auto found = scenario::scenario_files(place);
    if (!found) return fail(found.error());
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

Result<scenario::Scenario> load_checked(const std::string& file, const std::vector<std::string>& overrides) {
  auto scenario = scenario::load_scenario(file, overrides);
  if (!scenario) return scenario;
  if (auto checked = scenario::check_scenario(*scenario); !checked) return fail(checked.error());
  return scenario;
}

Loaded load_all(const std::vector<std::string>& files, const std::vector<std::string>& overrides) {
  Loaded loaded;
  for (const auto& file : files) {
    auto scenario = load_checked(file, overrides);
    if (scenario) {
      loaded.scenarios.push_back(std::move(*scenario));
      continue;
    }
    std::cerr << scenario.error().message << "\n";
    loaded.ended = kBadInput;
  }
  return loaded;
}

Status make_results_directory(const std::string& directory) {
  std::error_code problem;
  fs::create_directories(directory, problem);
  if (!problem && ::access(directory.c_str(), W_OK | X_OK) != 0)
    problem = std::error_code(errno, std::generic_category());
  if (!problem) return {};
  return fail(Code::invalid, "--out: nothing can be written to " + directory + ": " + problem.message() +
                                 "; name a directory of your own");
}

ExitCode draw_report(const std::vector<std::string>& results, const std::string& page) {
  const auto home = home_of_reports();
  if (!home) {
    std::cerr << "no report: the directory reports/ was not found; set HOLDFAST_HOME to the project's root\n";
    return kCannotRunHere;
  }
  std::vector<std::string> words{"/usr/bin/python3", "-m", "reports"};
  for (const auto& result : results) words.push_back(fs::absolute(result).string());
  words.insert(words.end(), {"--out", fs::absolute(page).string()});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, home->c_str());
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::cerr << "no report: " << words[0] << " cannot be started; install python3 and python3-matplotlib\n";
    return kCannotRunHere;
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? static_cast<ExitCode>(WEXITSTATUS(status)) : kInternal;
}

}  // namespace holdfast::cli
