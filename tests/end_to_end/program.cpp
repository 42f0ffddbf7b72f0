#include "tests/end_to_end/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

extern char** environ;

namespace holdfast::end_to_end {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string holdfast() { return HOLDFAST_BINARY_DIR "/bin/holdfast"; }
std::string source(const std::string& path) { return std::string(HOLDFAST_SOURCE_DIR) + "/" + path; }

namespace {

// Runs it to its end, with `meanwhile` called once it has started.
ProgramRun run_with(const std::vector<std::string>& words, const std::function<void(pid_t)>& meanwhile) {
  TemporaryDirectory directory;
  const std::string out = directory.path() + "/out", err = directory.path() + "/err";
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t pid = -1;
  ProgramRun run;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return run;
  meanwhile(pid);
  int status = 0;
  ::waitpid(pid, &status, 0);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.output = text_of(out) + text_of(err);
  return run;
}

bool has_ended(pid_t pid) {
  siginfo_t seen{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &seen, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         seen.si_pid == pid;
}

}  // namespace

ProgramRun run_program(const std::vector<std::string>& words, int interrupt_after_ms) {
  constexpr int kAttempts = 3;
  ProgramRun run;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    run = run_with(words, [&](pid_t pid) {
      if (interrupt_after_ms < 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(interrupt_after_ms));
      ::kill(pid, SIGINT);
    });
    if (run.output.find("too busy to judge a LIVE run") == std::string::npos) break;
  }
  return run;
}

ProgramRun interrupt_when(const std::vector<std::string>& words, const std::function<bool()>& now,
                          int times) {
  return run_with(words, [&](pid_t pid) {
    while (!has_ended(pid) && !now()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (int i = 0; i < times; ++i) {
      ::kill(pid, SIGINT);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
}

std::vector<std::string> processes_of(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string place = entry.path();
    const bool named = text_of(place + "/cmdline").contains(directory + "/") ||
                       text_of(place + "/environ").contains("HOLDFAST_DIR=" + directory + "/");
    if (named) found.push_back(entry.path().filename());
  }
  return found;
}

bool any_stopped(const std::string& directory) {
  return std::ranges::any_of(processes_of(directory), [](const std::string& process) {
    return text_of("/proc/" + process + "/status").contains("State:\tT");
  });
}

std::size_t stale_mounts(const std::string& directory) {
  std::ifstream mounts("/proc/self/mounts");
  std::size_t count = 0;
  for (std::string line; std::getline(mounts, line);)
    count += line.contains(" " + directory + "/") && line.contains("fuse.faultfs");
  return count;
}

}  // namespace holdfast::end_to_end
