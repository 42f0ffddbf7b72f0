// One mount from beginning to end: checks the ground, starts the watchdog, mounts, serves until
// told to stop, unmounts.
//
//   auto end = serve_mount({.source = "/data", .mountpoint = "/mnt/faulty"}, [](auto& socket) { ... });
//
// Ends by SIGINT, SIGTERM or SIGHUP, by the control command "stop", when somebody unmounts it, or
// when the lifeline's other end closes. Where the plan can be read again, SIGHUP does that and ends nothing.
// Call it once in a process, before any thread exists.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "faultfs/fuse/kernel_share.h"
#include "faultfs/fuse/request_loop.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

struct MountOptions {
  std::string source;
  std::string mountpoint;
  FaultPlan plan;  // armed before the first request
  std::function<Result<FaultPlan>()>
      reread_plan{};      // from its file, whenever SIGHUP comes; empty: it has none
  std::string socket;     // empty: derived from the mountpoint
  std::string fault_log;  // empty: the newest faults are kept in memory
  std::string sync_log;   // empty: none
  std::uint64_t seed = 1;
  std::vector<std::string> classes{};  // globs of files that are alike, for the coverage
  KernelShare share{};
  bool power_cut = false;  // keeps account of what is un-synced, so that a power cut can take it
  int lifeline = -1;       // a descriptor at whose end of file the mount ends too
};

// `ready` is called with the control socket's path once programs can use the mount.
Result<MountEnd> serve_mount(const MountOptions& options,
                             const std::function<void(const std::string& socket)>& ready);

}  // namespace holdfast::faultfs
