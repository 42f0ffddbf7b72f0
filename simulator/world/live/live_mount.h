// A faultfs mount for the length of a run, armed and healed, and gone at the end whatever happens.
//
//   auto mount = LiveMount::start({.faultfs_program = "bin/faultfs", .backing_dir = "/run/1/disk",
//                                  .mountpoint = "/run/1/mnt", .log_dir = "/run/1", .seed = 42});
//   (*mount)->arm(phase.disk);                // active when it returns
//   (*mount)->stop();                         // unmounted when it returns
//
// The directories must exist, the mountpoint empty. Should this process die, the mount ends by
// itself: the daemon holds the other end of a pipe. Used by one thread. What the daemon says goes to
// log_dir/faultfs.log; errors name it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "faultfs/control/mount_process.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::world {

class LiveMount {
 public:
  struct Options {
    std::string faultfs_program;
    std::string backing_dir;
    std::string mountpoint;
    std::string log_dir;
    std::uint64_t seed = 1;
    bool power_cut = false;  // it may be cut, and keeps account of what is not durable
  };

  // Whether FUSE works here; the error (Code::unsupported) says what to do.
  static Result<void> available();

  static Result<std::unique_ptr<LiveMount>> start(const Options& options);

  Status arm(const faultfs::FaultPlan& plan);
  Status heal();
  // Takes what is not durable, as the seed draws. Of a mount that may be cut, when nobody uses it.
  Status cut_power(std::uint64_t seed);
  // The daemon's state as a JSON object.
  Result<std::string> status();
  Status stop() { return process_->stop(); }

  const std::string& mountpoint() const { return options_.mountpoint; }
  std::string fault_log() const { return options_.log_dir + "/faultfs-faults.jsonl"; }
  std::string sync_log() const { return options_.log_dir + "/faultfs-syncs.jsonl"; }
  pid_t daemon() const { return process_->daemon(); }

 private:
  explicit LiveMount(Options options) : options_(std::move(options)) {}

  Options options_;
  std::unique_ptr<faultfs::MountProcess> process_;

  Status is_running() const;
};

}  // namespace holdfast::world
