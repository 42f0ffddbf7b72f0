// The exit codes of holdfast: kFailed when the gate failed or a law is broken, kUndecided when a run is
// inconclusive or invalid.
#pragma once

#include "command_line/exit_code.h"
#include "core/base/result.h"
#include "simulator/oracle/verdict.h"

namespace holdfast::cli {

using command_line::ExitCode;
using enum command_line::ExitCode;

constexpr ExitCode exit_code(oracle::RunVerdict verdict) {
  switch (verdict) {
    case oracle::RunVerdict::pass: return kDone;
    case oracle::RunVerdict::fail: return kFailed;
    case oracle::RunVerdict::inconclusive:
    case oracle::RunVerdict::invalid: return kUndecided;
  }
  return kInternal;
}

constexpr ExitCode exit_code(Code code) {
  switch (code) {
    case Code::invalid:
    case Code::not_found: return kBadInput;
    case Code::unsupported:
    case Code::permission: return kCannotRunHere;
    case Code::timeout: return kUndecided;  // this machine was too slow to tell
    case Code::cancelled: return kInterrupted;
    default: return kInternal;
  }
}

// The code that says most about several runs: no broken law hides behind a run that could not be
// played.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  constexpr auto rank = [](ExitCode code) {
    switch (code) {
      case kDone: return 0;
      case kUndecided: return 1;
      case kCannotRunHere: return 2;
      case kBadInput: return 3;
      case kInternal: return 4;
      case kFailed: return 5;
      case kInterrupted: return 6;
    }
    return 6;
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace holdfast::cli
