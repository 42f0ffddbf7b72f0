// Runs a built program as a user would and gives back what it printed and how it ended.
//
//   auto run = run_program({holdfast(), "check", "scenarios"});
//   EXPECT_EQ(run.exit_code, 0) << run.output;
#pragma once

#include <string>
#include <vector>

namespace holdfast::end_to_end {

struct ProgramRun {
  int exit_code = -1;  // 128 + signal when one ended it
  std::string output;  // standard output, then standard error
};

std::string holdfast();  // the program under test
std::string source(const std::string& path);

// `interrupt_after_ms` >= 0: SIGINT so long after the start.
ProgramRun run_program(const std::vector<std::string>& words, int interrupt_after_ms = -1);

// Mounts of faultfs below a directory.
std::size_t stale_mounts(const std::string& directory);

// A fresh directory, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace holdfast::end_to_end
