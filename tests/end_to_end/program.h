// Runs a built program as a user would and gives back what it printed and how it ended.
//
//   auto run = run_program({holdfast(), "check", "scenarios"});
//   EXPECT_EQ(run.exit_code, 0) << run.output;
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/temporary_directory.h"

namespace holdfast::end_to_end {

struct ProgramRun {
  int exit_code = -1;  // 128 + signal when one ended it
  std::string output;  // standard output, then standard error
};

std::string holdfast();  // the program under test
std::string source(const std::string& path);

// `interrupt_after_ms` >= 0: SIGINT so long after the start. A LIVE run that says of itself that the machine
// was too busy to judge it is played again, at most twice.
ProgramRun run_program(const std::vector<std::string>& words, int interrupt_after_ms = -1);
// SIGINT, `times` over, as soon as `now` holds; it is asked every 5 ms.
ProgramRun interrupt_when(const std::vector<std::string>& words, const std::function<bool()>& now, int times);

// Mounts of faultfs below a directory.
std::size_t stale_mounts(const std::string& directory);
// Processes, running or stopped, that name the directory in their words or their environment.
std::vector<std::string> processes_of(const std::string& directory);
// A process among them that somebody has stopped (SIGSTOP).
bool any_stopped(const std::string& directory);

}  // namespace holdfast::end_to_end
