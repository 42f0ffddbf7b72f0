// A process that outlives the daemon by a moment: when the daemon ends without unmounting, even by
// kill -9, it aborts the connection and detaches the mount, so that nothing hangs on a dead mount.
//
//   auto watchdog = Watchdog::start(mountpoint, socket_path);    // before threads and before mounting
//   ...
//   watchdog->dismiss();                                         // after a clean unmount
//
// It holds one end of a pipe and nothing else of the daemon's; the pipe's end of file is the death.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "core/base/result.h"

namespace holdfast::faultfs {

class Watchdog {
 public:
  static Result<std::unique_ptr<Watchdog>> start(const std::string& mountpoint,
                                                 const std::string& socket_path);
  // Without dismiss() the watchdog does its work.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void dismiss();

 private:
  Watchdog(pid_t child, int pipe) : child_(child), pipe_(pipe) {}
  pid_t child_;
  int pipe_;
};

}  // namespace holdfast::faultfs
