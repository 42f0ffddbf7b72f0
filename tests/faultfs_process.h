// The faultfs program as a child process of a test: mounted when start() says so, gone at the end.
//
//   FaultfsProcess faultfs(directory / "output");
//   ASSERT_TRUE(faultfs.mount({"mount", backing, mountpoint, "--socket", socket}));
//
// The mount ends with the test's process, however that ends: a lifeline is what they share, unless the
// words name another. One thread.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::faultfs {

inline const std::string kProgram = HOLDFAST_BINARY_DIR "/bin/faultfs";

class FaultfsProcess {
 public:
  // What it prints goes to the file `output`.
  explicit FaultfsProcess(std::string output) : output_(std::move(output)) {}
  ~FaultfsProcess() { end(SIGTERM); }
  FaultfsProcess(const FaultfsProcess&) = delete;
  FaultfsProcess& operator=(const FaultfsProcess&) = delete;

  pid_t pid() const { return child_; }

  // Serves until end(); true once programs can use the mount.
  bool mount(std::vector<std::string> words) {
    int ready[2], lifeline[2];
    if (::pipe2(ready, O_CLOEXEC) != 0 || ::pipe2(lifeline, O_CLOEXEC) != 0) return false;
    words.insert(words.end(), {"--ready-fd", std::to_string(ready[1])});
    if (std::ranges::find(words, "--lifeline-fd") == words.end())
      words.insert(words.end(), {"--lifeline-fd", std::to_string(lifeline[0])});
    child_ = spawn(words, {ready[1], lifeline[0]});
    ::close(ready[1]);
    ::close(lifeline[0]);
    lifeline_ = lifeline[1];
    char byte = 0;
    const bool is_ready = ::read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
    return is_ready;
  }

  // Runs the program to its end; its exit code.
  int run(const std::vector<std::string>& words) {
    const pid_t child = spawn(words, {});
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // Ends the daemon by the signal; its exit code, or minus the signal that killed it.
  int end(int signal) {
    if (child_ < 0) return 0;
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    ::close(std::exchange(lifeline_, -1));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  std::string output_;
  pid_t child_ = -1;
  int lifeline_ = -1;

  // Everything for the child is made before the fork: other threads may hold any lock then.
  pid_t spawn(const std::vector<std::string>& words, const std::vector<int>& inherited) {
    std::vector<char*> arguments{const_cast<char*>(kProgram.c_str())};
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
    ::dup2(1, 2);
    for (int descriptor : inherited) ::fcntl(descriptor, F_SETFD, 0);
    ::execv(kProgram.c_str(), arguments.data());
    ::_exit(127);
  }
};

}  // namespace holdfast::faultfs
