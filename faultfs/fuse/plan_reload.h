// Reads the plan's file again when SIGHUP comes, and arms what it finds. A file that cannot be read or
// understood leaves the armed plan; why is on standard error, and in status().
//
//   PlanReload reload(*end_signals, [] { return read_plan("plan.json"); }, control);
//
// The SIGHUP of a terminal that is gone is the kernel's, and ends the mount as ever. The signals must be
// blocked in every thread. It has a thread of its own, which ends with it.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

#include "core/base/result.h"
#include "faultfs/control/protocol_json.h"
#include "faultfs/control/server.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

class PlanReload {
 public:
  using Reread = std::function<Result<FaultPlan>()>;

  // Takes SIGHUP out of the signals of `end_signals`, a signalfd.
  PlanReload(int end_signals, Reread reread, ControlHandler& control);
  ~PlanReload();
  PlanReload(const PlanReload&) = delete;
  PlanReload& operator=(const PlanReload&) = delete;

  ReloadStatus status() const;

 private:
  Reread reread_;
  ControlHandler& control_;
  int hangups_;
  int closed_;
  mutable std::mutex mutex_;
  ReloadStatus status_;
  std::thread thread_;

  void run();
  void read_again();
};

}  // namespace holdfast::faultfs
