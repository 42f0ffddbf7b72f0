#include "simulator/world/live/subject_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

extern char** environ;

namespace holdfast::world {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct PipeEnds {
  int read = -1;
  int write = -1;
};

Result<PipeEnds> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return fail(error_of_errno(errno, "make a pipe"));
  return PipeEnds{ends[0], ends[1]};
}

void close_end(int& end) {
  if (end >= 0) ::close(std::exchange(end, -1));
}

SubjectProcess::Exit exit_of(int status) {
  if (WIFSIGNALED(status)) return {.by_signal = true, .code = WTERMSIG(status)};
  return {.by_signal = false, .code = WEXITSTATUS(status)};
}

}  // namespace

Result<std::unique_ptr<SubjectProcess>> SubjectProcess::start(const std::vector<std::string>& command,
                                                              const std::string& log) {
  auto input = make_pipe();
  if (!input) return fail(input.error());
  auto output = make_pipe();
  if (!output) {
    close_end(input->read);
    close_end(input->write);
    return fail(output.error());
  }
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input->read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output->write, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  // Nothing else of this process: an inherited listening socket would keep its port taken.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  // A group of its own: Ctrl-C at the terminal is the harness' to handle.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, command.front().c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close_end(input->read);
  close_end(output->write);
  if (error != 0) {
    close_end(input->write);
    close_end(output->read);
    return fail(error_of_errno(error, "start " + command.front()));
  }
  return std::unique_ptr<SubjectProcess>(new SubjectProcess(pid, input->write, output->read));
}

SubjectProcess::~SubjectProcess() {
  if (!poll()) {
    kill();
    wait(std::chrono::seconds(5));
  }
  close_end(input_);
  close_end(output_);
}

Status SubjectProcess::wait_ready(Duration within) {
  const auto deadline = SteadyClock::now() + within;
  for (;;) {
    const auto left = deadline - SteadyClock::now();
    if (left.count() <= 0) return fail(Code::timeout, "the subject did not say that it is ready");
    const Listened listened = listen(left);
    const auto lines = heard();
    if (!lines.empty() && lines.front() == "ready") return {};
    if (!lines.empty()) return fail(Code::internal, "the subject said: " + lines.front());
    if (listened == Listened::end) return fail(Code::unavailable, "the subject ended before it was ready");
  }
}

// Adds what it prints within the time to what it said.
SubjectProcess::Listened SubjectProcess::listen(Duration within) {
  pollfd watched{.fd = output_, .events = POLLIN, .revents = 0};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(within).count();
  if (::poll(&watched, 1, static_cast<int>(ms)) <= 0) return Listened::nothing;  // or a signal
  std::array<char, 256> buffer;
  const ssize_t got = ::read(output_, buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return Listened::nothing;
  if (got <= 0) return Listened::end;
  said_.append(buffer.data(), static_cast<std::size_t>(got));
  return Listened::something;
}

std::vector<std::string> SubjectProcess::heard() {
  while (listen(Duration{0}) == Listened::something) {
  }
  std::vector<std::string> lines;
  for (auto end = said_.find('\n'); end != std::string::npos; end = said_.find('\n')) {
    lines.push_back(said_.substr(0, end));
    said_.erase(0, end + 1);
  }
  return lines;
}

void SubjectProcess::ask_to_stop() { close_end(input_); }

void SubjectProcess::tell(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(input_, text.data(), text.size());
}

void SubjectProcess::pause() {
  if (exit_) return;
  ::kill(-pid_, SIGSTOP);
  paused_ = true;
}

void SubjectProcess::resume() {
  if (!exit_ && std::exchange(paused_, false)) ::kill(-pid_, SIGCONT);
}

void SubjectProcess::kill() {
  if (!exit_) ::kill(-pid_, SIGKILL);
}

// Its group is cleared away before its number can be anybody else's.
std::optional<SubjectProcess::Exit> SubjectProcess::poll() {
  if (exit_) return exit_;
  siginfo_t seen{};
  const auto id = static_cast<id_t>(pid_);
  if (::waitid(P_PID, id, &seen, WEXITED | WNOHANG | WNOWAIT) != 0 || seen.si_pid != pid_) return exit_;
  ::kill(-pid_, SIGKILL);
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) exit_ = exit_of(status);
  return exit_;
}

SubjectProcess::Exit SubjectProcess::wait(Duration within) {
  const auto deadline = SteadyClock::now() + within;
  while (!poll() && SteadyClock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  if (!exit_) kill();
  while (!poll()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return *exit_;
}

}  // namespace holdfast::world
