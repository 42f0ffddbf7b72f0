// A program run to its end: in a process group of its own, its output in files, for a limited time.
//
//   auto outcome = run_child({.words = {"sh", "-c", check}, .output = "out", .errors = "err", .limit = 30s});
//   if (outcome && outcome->passed()) ...
//
// When it returns, no process of the group is left. Standard input is empty. Safe from several threads.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::faultfs {

struct Child {
  std::vector<std::string> words;                                // the program is looked for in PATH
  std::vector<std::pair<std::string, std::string>> variables{};  // beside those of this process
  std::string output;                                            // files, emptied first
  std::string errors;
  Duration limit{0};
  int interrupt = -1;  // a descriptor that becomes readable when nobody wants to wait any more
};

// How it ended; one of the last three where it did not end by itself.
struct Outcome {
  int exit_code = 0;
  int signal = 0;  // that ended it; a shell's exit code of 128 + signal counts as such
  bool timed_out = false;
  bool interrupted = false;

  bool passed() const { return exit_code == 0 && signal == 0 && !timed_out && !interrupted; }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Fails when it cannot be started.
Result<Outcome> run_child(const Child& child);

// Kills what has this variable in its environment, wherever it has gone: what a program left behind.
void kill_all_with(const std::string& name, const std::string& value);

}  // namespace holdfast::faultfs
