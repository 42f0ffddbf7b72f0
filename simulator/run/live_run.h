// One run in real time: a faultfs mount, a mock upstream on loopback, and the subject in a process
// of its own, which may be killed and started again.
//
//   auto finished = run_live(scenario, seed, settings, interrupted);
//
// Whatever happens, the mount is gone and the subject has ended when this returns. When
// `interrupted` is set the faults are healed and what was seen so far is returned, marked.
// Code::unsupported when this machine has no FUSE; the message says what to do.
#pragma once

#include <atomic>
#include <string>

#include "simulator/run/virtual_run.h"

namespace holdfast::run {

struct LiveSettings {
  std::string holdfast_program;  // this program: the subject's process runs it
  std::string faultfs_program;
  std::string scratch;  // where backing files and mounts go, in a directory of their own
};

Result<std::unique_ptr<FinishedRun>> run_live(const scenario::Scenario& scenario, std::uint64_t seed,
                                              const LiveSettings& settings,
                                              const std::atomic<bool>& interrupted,
                                              const OnProgress& progress = {});

}  // namespace holdfast::run
