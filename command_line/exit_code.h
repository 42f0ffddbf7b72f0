// The exit codes of every program here.
#pragma once

namespace holdfast::command_line {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,         // a gate failed, a law is broken, a program did not survive its faults
  kUndecided = 2,      // a run that proves nothing
  kBadInput = 3,       // bad arguments, scenario or plan
  kCannotRunHere = 4,  // no FUSE, say
  kInternal = 5,
  kInterrupted = 130,
};

}  // namespace holdfast::command_line
