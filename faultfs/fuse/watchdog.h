// A process that outlives the daemon by a moment: when the daemon ends without unmounting, even by
// kill -9, it aborts the connection and detaches the mount, so that nothing hangs on a dead mount.
//
//   auto watchdog = Watchdog::start(mountpoint, socket_path);    // before threads and before mounting
//   ...
//   watchdog->dismiss();                                         // after a clean unmount
//
// It holds one end of a line to the daemon and nothing else of it; the end of that line is the death. Once
// start() has returned it is in a session of its own, so that what kills the daemon's group does not kill it.
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
  Watchdog(pid_t child, int line) : child_(child), line_(line) {}
  pid_t child_;
  int line_;
};

}  // namespace holdfast::faultfs
