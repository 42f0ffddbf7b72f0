#include "simulator/subject/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "core/base/check.h"

extern char** environ;

namespace holdfast::subject {
namespace {

constexpr int kLookMs = 20;            // how often a writer looks whether it should stop
constexpr std::size_t kAtOnce = 4096;  // PIPE_BUF: written whole or not at all

struct Pipe {
  int read = -1;
  int write = -1;
  ~Pipe() {
    for (const int end : {read, write})
      if (end >= 0) ::close(end);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    // Above the child's own descriptors, so that giving it those overwrites none of ours.
    read = ::fcntl(ends[0], F_DUPFD_CLOEXEC, 16);
    write = ::fcntl(ends[1], F_DUPFD_CLOEXEC, 16);
    ::close(ends[0]);
    ::close(ends[1]);
    return read >= 0 && write >= 0;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// This process' own variables, and those given.
std::vector<std::string> whole_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) all.emplace_back(*variable);
  all.insert(all.end(), added.begin(), added.end());
  return all;
}

// posix_spawn's two lists, released at the end of a scope.
struct SpawnPlan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
};

void lay_out(SpawnPlan& plan, const std::string& directory, const Pipe& input, const Pipe& output) {
  ::posix_spawn_file_actions_adddup2(&plan.actions, input.read, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.actions, STDERR_FILENO, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output.write, ChildProgram::kLedgerDescriptor);
  ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, ChildProgram::kLedgerDescriptor + 1);
  if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&plan.actions, directory.c_str());
  sigset_t broken_pipe;  // ignored here, and that would be inherited
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&plan.attributes, &broken_pipe);
  ::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGDEF);
}

std::string words_of(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<ChildProgram>> ChildProgram::start(const Settings& settings) {
  HOLDFAST_CHECK(!settings.words.empty(), "a program has a name");
  Pipe input, output;
  if (!input.open() || !output.open()) return fail(error_of_errno(errno, "make a pipe"));
  ::fcntl(input.write, F_SETFL, O_NONBLOCK);
  ::signal(SIGPIPE, SIG_IGN);
  auto words = settings.words;
  auto variables = whole_environment(settings.environment);
  SpawnPlan plan;
  lay_out(plan, settings.directory, input, output);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, words.front().c_str(), &plan.actions, &plan.attributes,
                                   pointers_to(words).data(), pointers_to(variables).data());
  if (error != 0) return fail(error_of_errno(error, "start " + words.front()));
  return std::unique_ptr<ChildProgram>(
      new ChildProgram(pid, std::exchange(input.write, -1), std::exchange(output.read, -1)));
}

ChildProgram::~ChildProgram() {
  end_input();
  if (!ended()) {
    kill();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(output_);
}

bool ChildProgram::offer(std::string_view line, const std::atomic<bool>& stop) {
  HOLDFAST_CHECK(line.size() <= kAtOnce, "a record's line is written at once");
  while (!stop.load()) {
    const ssize_t written = ::write(input_.load(), line.data(), line.size());
    if (written >= 0) return true;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd waiting{.fd = input_.load(), .events = POLLOUT, .revents = 0};
    ::poll(&waiting, 1, kLookMs);
  }
  return false;
}

void ChildProgram::end_input() {
  if (const int input = input_.exchange(-1); input >= 0) ::close(input);
}

std::optional<std::string> ChildProgram::read(Duration within) {
  pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(within / std::chrono::milliseconds(1))) <= 0) return "";
  std::array<char, 1 << 16> buffer;
  const ssize_t got = ::read(output_, buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return "";
  if (got <= 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

std::optional<std::string> ChildProgram::ended() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  if (!status_) return std::nullopt;
  return words_of(*status_);
}

void ChildProgram::kill() {
  if (!status_) ::kill(pid_, SIGKILL);
}

}  // namespace holdfast::subject
