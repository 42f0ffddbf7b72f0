// The subject in a process of its own: started, asked to stop, killed, waited for.
//
//   auto process = SubjectProcess::start({program, "subject", "--scenario", file, ...}, "subject.log");
//   process->wait_ready(deadline);         // it printed "ready"
//   process->tell("clock_jump 1000000000"); ... process->heard();
//   process->pause(); process->resume();   // SIGSTOP, SIGCONT
//   process->kill();                       // -9
//   process->ask_to_stop(); process->wait(deadline);
//
// Signals go to its whole process group, so that the programs it started share its fate; those that
// outlive it are killed. It also stops by itself when this side goes away: its standard input ends,
// and the kernel wakes a stopped group that has lost its parent. The destructor kills what still
// runs. One thread at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::world {

class SubjectProcess {
 public:
  struct Exit {
    bool by_signal = false;
    int code = 0;  // the exit code, or the signal's number
    bool clean() const { return !by_signal && code == 0; }
  };

  // What it says on standard error is appended to `log`.
  static Result<std::unique_ptr<SubjectProcess>> start(const std::vector<std::string>& command,
                                                       const std::string& log);
  ~SubjectProcess();
  SubjectProcess(const SubjectProcess&) = delete;
  SubjectProcess& operator=(const SubjectProcess&) = delete;

  // Fails with what the process said when it ended instead, or at the deadline.
  Status wait_ready(Duration within);
  void ask_to_stop();
  // One line on its standard input. It may have ended meanwhile: then nobody reads it.
  void tell(const std::string& line);
  // The lines that it has printed since the last time, without their newlines. Does not wait.
  std::vector<std::string> heard();
  void pause();
  void resume();
  void kill();
  // The exit when it has ended, nullopt while it runs. Does not wait.
  std::optional<Exit> poll();
  // Waits; kills at the deadline.
  Exit wait(Duration within);

  pid_t pid() const { return pid_; }

 private:
  SubjectProcess(pid_t pid, int input, int output) : pid_(pid), input_(input), output_(output) {}
  enum class Listened : std::uint8_t { nothing, something, end };
  Listened listen(Duration within);

  pid_t pid_;
  int input_;   // its standard input
  int output_;  // its standard output
  std::string said_;
  bool paused_ = false;
  std::optional<Exit> exit_;
};

}  // namespace holdfast::world
