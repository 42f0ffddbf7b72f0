// A program with two pipes: what it reads on standard input, and what it writes on descriptor 3.
//
//   auto child = ChildProgram::start({.words = {"python3", "tracker.py"}, .directory = "scenarios/subjects",
//                                     .environment = {"HOLDFAST_URL=http://127.0.0.1:8053"}});
//   (*child)->offer(line, stop);           // waits while the pipe is full
//   (*child)->end_input();                 // it should finish now
//
// The program is looked up on PATH; it stays in this process' group, so that a signal to the group
// meets both. Its standard output and error go to this process' standard error. offer() from any
// thread, read() from one; the destructor kills what still runs.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::subject {

class ChildProgram {
 public:
  static constexpr int kLedgerDescriptor = 3;  // in the child

  struct Settings {
    std::vector<std::string> words;
    std::string directory;                 // "": this process' own
    std::vector<std::string> environment;  // added to this process' own
  };

  static Result<std::unique_ptr<ChildProgram>> start(const Settings& settings);
  ~ChildProgram();
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  // True when the whole line is in the pipe; false when nobody reads any more, or `stop` is set.
  bool offer(std::string_view line, const std::atomic<bool>& stop);
  void end_input();
  // What it wrote on descriptor 3 within the time; "" for nothing yet, nullopt at the end.
  std::optional<std::string> read(Duration within);

  // How it ended, in words; nullopt while it runs. Does not wait.
  std::optional<std::string> ended();
  bool ended_well() const { return status_ == 0; }
  void kill();

 private:
  ChildProgram(pid_t pid, int input, int output) : pid_(pid), input_(input), output_(output) {}

  pid_t pid_;
  std::atomic<int> input_;  // its standard input, never blocking
  int output_;              // its descriptor 3
  std::optional<int> status_;
};

}  // namespace holdfast::subject
