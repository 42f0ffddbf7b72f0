// A mount that a faultfs process of its own serves: spawned, waited for, and gone at the end whatever
// happens.
//
//   auto mount = MountProcess::start({.program = "bin/faultfs", .source = "/run/1/disk",
//                                     .mountpoint = "/run/1/mnt", .output = "/run/1/faultfs.log"});
//   (*mount)->control().load(plan);
//   (*mount)->stop();                         // unmounted when it returns
//
// The directories must exist, the mountpoint empty. Should this process die, the mount ends by itself: the
// daemon holds the other end of a pipe. Used by one thread; several mounts may be started at a time.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "faultfs/control/client.h"

namespace holdfast::faultfs {

class MountProcess {
 public:
  struct Options {
    std::string program;
    std::string source;
    std::string mountpoint;
    std::string output;               // what the daemon says goes to this file; errors quote it
    std::vector<std::string> more{};  // further words of `faultfs mount`
  };

  static Result<std::unique_ptr<MountProcess>> start(const Options& options);
  // Stops; what is then still mounted is aborted and detached.
  ~MountProcess();
  MountProcess(const MountProcess&) = delete;
  MountProcess& operator=(const MountProcess&) = delete;

  // Not after stop().
  ControlClient& control() { return *control_; }
  bool is_running() const { return control_ != nullptr; }
  Status stop();
  pid_t daemon() const { return daemon_; }

 private:
  explicit MountProcess(Options options) : options_(std::move(options)) {}

  Options options_;
  pid_t daemon_ = -1;
  int lifeline_ = -1;
  std::unique_ptr<ControlClient> control_;

  Status spawn(int ready_write, int lifeline_read);
  Result<std::string> await_ready(int ready_read);
  bool await_exit(int tenths);
  void end_daemon();
};

}  // namespace holdfast::faultfs
