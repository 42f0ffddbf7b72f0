#include "simulator/world/live/live_mount.h"

#include "faultfs/control/fuse_available.h"

namespace holdfast::world {

Result<void> LiveMount::available() { return faultfs::fuse_available(); }

Result<std::unique_ptr<LiveMount>> LiveMount::start(const Options& options) {
  std::unique_ptr<LiveMount> mount(new LiveMount(options));
  std::vector<std::string> more = {"--seed",      std::to_string(options.seed),
                                   "--fault-log", mount->fault_log(),
                                   "--sync-log",  mount->sync_log()};
  if (options.power_cut) more.emplace_back("--power-cut");
  auto process = faultfs::MountProcess::start({.program = options.faultfs_program,
                                               .source = options.backing_dir,
                                               .mountpoint = options.mountpoint,
                                               .output = options.log_dir + "/faultfs.log",
                                               .more = std::move(more)});
  if (!process) return fail(process.error());
  mount->process_ = *std::move(process);
  return mount;
}

Status LiveMount::is_running() const {
  if (process_->is_running()) return {};
  return fail(Code::unavailable, "the mount " + options_.mountpoint + " has been stopped");
}

Status LiveMount::arm(const faultfs::FaultPlan& plan) {
  if (auto running = is_running(); !running) return running;
  const auto loaded = process_->control().load(plan);
  return loaded ? Status{} : fail(loaded.error());
}

Status LiveMount::heal() {
  if (auto running = is_running(); !running) return running;
  return process_->control().clear();
}

Status LiveMount::cut_power(std::uint64_t seed) {
  if (auto running = is_running(); !running) return running;
  const auto report = process_->control().cut_power({.seed = seed, .options = {}});
  if (!report) return fail(report.error());
  if (report->failures.empty()) return {};
  return fail(Code::unavailable, "the power cut could not take everything back: " + report->failures.front());
}

Result<std::string> LiveMount::status() {
  if (auto running = is_running(); !running) return fail(running.error());
  return process_->control().status();
}

}  // namespace holdfast::world
