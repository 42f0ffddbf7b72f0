// The exit codes of faultfs: kFailed when a program did not survive its faults, kUndecided when the faults of
// a log did not all recur.
#pragma once

#include "command_line/exit_code.h"
#include "core/base/result.h"

namespace holdfast::faultfs::cli {

using command_line::ExitCode;
using enum command_line::ExitCode;

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
