#include "faultfs/trial/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

extern char** environ;

namespace holdfast::faultfs {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::vector<std::string> environment_with(const Child& child) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  for (const auto& [name, value] : child.variables) {
    std::erase_if(all, [&](const std::string& entry) { return entry.starts_with(name + "="); });
    all.push_back(name + "=" + value);
  }
  return all;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> spawn(const Child& child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, child.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawn_file_actions_addopen(&actions, 2, child.errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none, standard;
  ::sigemptyset(&none);
  ::sigfillset(&standard);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &standard);
  const auto environment = environment_with(child);
  const auto words = pointers_to(child.words);
  pid_t process = -1;
  const int error = ::posix_spawnp(&process, words[0], &actions, &attributes, words.data(),
                                   pointers_to(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(Code::invalid, error_of_errno(error, "start " + child.words[0]).message, error);
  return process;
}

// Waits for the end, the limit or the interruption.
void wait_for(int process, const Child& child, Outcome& outcome) {
  const auto deadline = SteadyClock::now() + child.limit;
  pollfd waiting[] = {{process, POLLIN, 0}, {child.interrupt, POLLIN, 0}};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    const int events = left.count() > 0 ? ::poll(waiting, 2, static_cast<int>(left.count())) : 0;
    if (events < 0 && errno == EINTR) continue;
    if (waiting[0].revents != 0) return;
    (events > 0 ? outcome.interrupted : outcome.timed_out) = true;
    return;
  }
}

void collect(pid_t process, Outcome& outcome) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  if (outcome.timed_out || outcome.interrupted) return;
  if (WIFSIGNALED(status)) {
    outcome.signal = WTERMSIG(status);
    return;
  }
  constexpr int kOfShells = 128;
  const int code = WEXITSTATUS(status);
  if (code > kOfShells && code <= kOfShells + SIGRTMAX)
    outcome.signal = code - kOfShells;
  else
    outcome.exit_code = code;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_variable(const std::string& environment, const std::string& variable) {
  std::size_t at = 0;
  while ((at = environment.find(variable, at)) != std::string::npos) {
    const bool begins = at == 0 || environment[at - 1] == '\0';
    const std::size_t end = at + variable.size();
    if (begins && (end == environment.size() || environment[end] == '\0')) return true;
    at = end;
  }
  return false;
}

}  // namespace

Result<Outcome> run_child(const Child& child) {
  const auto process = spawn(child);
  if (!process) return fail(process.error());
  Outcome outcome;
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, *process, 0));
  if (handle >= 0) {
    wait_for(handle, child, outcome);
    ::close(handle);
  }
  // Before it is collected, so that its group is not yet somebody else's.
  if (handle < 0 || outcome.timed_out || outcome.interrupted) ::kill(*process, SIGKILL);
  ::kill(-*process, SIGKILL);
  collect(*process, outcome);
  if (handle < 0) return fail(Code::unsupported, "this kernel cannot wait for a process (pidfd_open)");
  return outcome;
}

void kill_all_with(const std::string& name, const std::string& value) {
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string number = entry.path().filename();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), process);
    if (error != std::errc{} || *end != '\0' || process == ::getpid()) continue;
    if (has_variable(content_of(entry.path() / "environ"), name + "=" + value)) ::kill(process, SIGKILL);
  }
}

}  // namespace holdfast::faultfs
