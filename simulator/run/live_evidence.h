// What is read once a LIVE run is over: the logs of faultfs, the claims of the subject. Written into the
// finished run for the oracle to judge.
//
//   audit_logs(finished, logs);           // when faultfs has written its last line
#pragma once

#include <string>

#include "core/base/result.h"
#include "simulator/run/finished_run.h"

namespace holdfast::run {

// The texts of three logs.
struct LiveLogs {
  std::string faults;
  std::string syncs;
  std::string claims;
};
// Counts what fired, merges faults.jsonl, holds each claim of durability against the syncs.
Status audit_logs(FinishedRun& finished, const LiveLogs& logs);

// The planned ones, as far as an interrupted run got.
std::vector<oracle::FaultWindow> windows_that_were(const oracle::RunRecord& record);

}  // namespace holdfast::run
