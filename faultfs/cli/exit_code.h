// The exit codes of faultfs.
#pragma once

#include "core/base/result.h"

namespace holdfast::faultfs::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,     // a program did not survive its faults
  kUndecided = 2,  // the faults of a log did not all recur
  kBadInput = 3,   // bad arguments or plan
  kCannotRunHere = 4,
  kInternal = 5,
  kInterrupted = 130,
};

constexpr ExitCode exit_code(Code code) {
  switch (code) {
    case Code::unsupported:
    case Code::permission: return kCannotRunHere;
    case Code::internal:
    case Code::io:
    case Code::timeout:
    case Code::corrupted: return kInternal;
    case Code::cancelled: return kInterrupted;
    default: return kBadInput;
  }
}

// Prints "faultfs: <message>" on standard error.
ExitCode tell(const Error& error);

}  // namespace holdfast::faultfs::cli
