#include "simulator/sweep/children.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::sweep {
namespace {

constexpr int kPatience = 100;  // ms
constexpr std::size_t kMostAnswered = std::size_t{64} << 20;
constexpr std::size_t kMostSaid = std::size_t{64} << 10;

void write_all(int to, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto written = ::write(to, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) return;
    at += static_cast<std::size_t>(std::max<ssize_t>(0, written));
  }
}

// Never returns, and runs nothing of the parent's: no destructor, no handler of its end.
[[noreturn]] void be_child(int answer, int error, pid_t parent, const std::function<std::string()>& compute) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's affair
  constexpr rlimit kNoCore{0, 0};
  ::setrlimit(RLIMIT_CORE, &kNoCore);
  ::dup2(error, STDERR_FILENO);
  write_all(answer, compute());
  ::_exit(0);
}

std::string words_of(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by ") + ::strsignal(WTERMSIG(status));
  return "exited with " + std::to_string(WEXITSTATUS(status));
}

std::string last_words(std::string said) {
  while (said.ends_with('\n')) said.pop_back();
  constexpr std::size_t kMost = 4000;
  if (said.size() > kMost) said.erase(0, said.size() - kMost);
  return said;
}

}  // namespace

Children::~Children() { end_all(); }

void Children::start(std::uint64_t number, Duration within, const std::function<std::string()>& compute) {
  std::array<int, 2> answer{-1, -1}, error{-1, -1};
  if (::pipe2(answer.data(), O_CLOEXEC) != 0 || ::pipe2(error.data(), O_CLOEXEC) != 0) ::abort();
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) be_child(answer[1], error[1], parent, compute);
  ::close(answer[1]);
  ::close(error[1]);
  ::fcntl(answer[0], F_SETFL, O_NONBLOCK);
  ::fcntl(error[0], F_SETFL, O_NONBLOCK);
  running_.push_back({.number = number,
                      .pid = pid,
                      .answer = answer[0],
                      .error = error[0],
                      .latest = std::chrono::steady_clock::now() + within});
}

void Children::read_some(int& from, std::string& into, std::size_t most) {
  std::array<char, 65536> buffer{};
  while (from >= 0) {
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      ::close(from);
      from = -1;
    } else {
      into.append(buffer.data(), std::min(static_cast<std::size_t>(got), most - std::min(most, into.size())));
    }
  }
}

void Children::read_all(int milliseconds) {
  std::vector<pollfd> pipes;
  for (const auto& running : running_)
    for (const int pipe : {running.answer, running.error})
      if (pipe >= 0) pipes.push_back({pipe, POLLIN, 0});
  ::poll(pipes.data(), pipes.size(), milliseconds);
  for (auto& running : running_) {
    read_some(running.answer, running.answered, kMostAnswered);
    read_some(running.error, running.said, kMostSaid);
  }
}

void Children::end_overdue() {
  const auto now = std::chrono::steady_clock::now();
  for (auto& running : running_) {
    if (running.too_long || now < running.latest) continue;
    running.too_long = true;
    if (running.pid > 0) ::kill(running.pid, SIGKILL);
  }
}

Child Children::conclude(Running& running) {
  int status = 0;
  Child child{.number = running.number, .too_long = running.too_long};
  if (running.pid < 0) {
    child.death = "no process could be made for it";
    return child;
  }
  while (::waitpid(running.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    child.answer = std::move(running.answered);
  } else {
    const auto said = last_words(std::move(running.said));
    child.death = words_of(status) + (said.empty() ? "" : ": " + said);
  }
  return child;
}

std::vector<Child> Children::wait() {
  end_overdue();
  read_all(kPatience);
  std::vector<Child> ended;
  std::erase_if(running_, [&](Running& running) {
    if (running.answer >= 0 || running.error >= 0) return false;
    ended.push_back(conclude(running));
    return true;
  });
  return ended;
}

void Children::end_all() {
  for (auto& running : running_) {
    if (running.pid > 0) ::kill(running.pid, SIGKILL);
    for (const int pipe : {running.answer, running.error})
      if (pipe >= 0) ::close(pipe);
    if (running.pid > 0) (void)conclude(running);
  }
  running_.clear();
}

}  // namespace holdfast::sweep
