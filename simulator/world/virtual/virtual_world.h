// A whole world in one thread: virtual time, fibers, a memory disk, a link to the upstream model, a
// log. Trackers run in it unchanged, through the Environment it gives.
//
//   faultfs::Injector injector(seed);
//   upstream::UpstreamModel model(settings, seed);
//   VirtualWorld world({.seed = seed, .disk_latency = 100us}, injector, model);
//   Environment env = world.environment("tracker");
//   auto driver = world.spawn("driver", [&] { Tracker tracker(env, ...); ...; tracker.close(...); });
//   world.at(world.start() + 5s, [&] { injector.arm(plan, world.clock().now()); });
//   world.run_until_done(*driver, world.start() + 60s);
//   world.trace_hash();
//
// Time starts at 1 s, so that no instant is 0; wall() shows 2026-01-01 plus the virtual time. The
// injector and the model belong to the caller and must outlive the world; they are asked with
// virtual instants. Ports that block are called on fibers (spawn), never from `at` or from outside.
//
// At its end, or at abandon(), fibers that have not ended are abandoned: what they own on their stacks
// stays allocated, so close trackers and join workers first (see kernel.h). Handles, events, files
// and trackers must go before their world; an event on which a fiber still waits only after abandon().
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/env/environment.h"
#include "faultfs/model/injector.h"
#include "simulator/upstream/upstream_model.h"
#include "simulator/world/virtual/kernel.h"
#include "simulator/world/virtual/memory_disk.h"
#include "simulator/world/virtual/virtual_clock.h"
#include "simulator/world/virtual/virtual_link.h"
#include "simulator/world/virtual/virtual_log.h"
#include "simulator/world/virtual/virtual_scheduler.h"

namespace holdfast::world {

struct WorldSettings {
  std::uint64_t seed = 1;
  Duration disk_latency{0};
  std::map<faultfs::Operation, Duration> disk_latencies{};  // of these operations instead
  std::optional<std::uint64_t> disk_capacity = std::nullopt;
  std::string mount_root = "/mnt";
  Duration link_latency = LinkSettings{}.latency;
  bool print_log = false;
  std::uint64_t livelock_steps = EventLoop::kLivelockSteps;
};

class VirtualWorld {
 public:
  static constexpr Time start() { return Time(std::chrono::seconds(1)); }

  VirtualWorld(WorldSettings settings, faultfs::Injector& injector, upstream::UpstreamModel& model);
  ~VirtualWorld();

  // A new node, with tasks and a random seed of its own (by default from the world's seed and its
  // name). The references live as long as the world.
  Environment environment(std::string_view node_name = "tracker",
                          std::optional<std::uint64_t> random_seed = std::nullopt);

  // The harness' own node, for load drivers and checks.
  VirtualScheduler& scheduler() { return *schedulers_.front(); }
  const Clock& clock() const { return clock_; }
  MemoryDisk& disk() { return disk_; }
  VirtualLink& link() { return link_; }
  VirtualLog& log() { return log_; }
  Kernel& kernel() { return kernel_; }

  // The load driver: rings have something for the collectors, of every node or of one environment's.
  void ring_filled();
  static void ring_filled(const Environment& environment);

  // Faults of the process, called between events: no fiber of the environment's node runs before
  // `until`, whatever wakes it (deadlines pass all the same); every wall clock is wrong by `shift`.
  void pause(const Environment& environment, Time until);
  // The end of the environment's node (kernel.h), whose files are closed and whose locks are free: a sync
  // under way arrives, and requests that have left reach the upstream. Its next life is a new environment.
  void kill(const Environment& environment);
  // Of what is not durable on the disk the seed draws what is lost. When every node that uses it was killed.
  faultfs::PowerCutReport power_cut(std::uint64_t seed) { return disk_.power_cut(seed); }
  void shift_wall(Duration shift) { clock_.shift_wall(shift); }

  // A call of the harness at an instant, outside any fiber: it must not block.
  void at(Time when, std::function<void()> call) { kernel_.at(when, std::move(call)); }
  std::unique_ptr<Task> spawn(std::string name, std::function<void()> body);

  // Runs everything up to and including `end`.
  void run_until(Time end) { kernel_.run_until(end); }
  // Runs until the predicate holds, asked after each event, or until the body has returned. False at
  // `latest`, or when nothing is left that could happen.
  bool run_until_done(const std::function<bool()>& done, Time latest = kNever);
  bool run_until_done(const Task& task, Time latest = kNever);
  // Forgets every fiber that has not ended; calls of the harness still happen.
  void abandon() { kernel_.abandon_all(); }

  // Spawns the body on the harness' node and runs until it has returned.
  bool run(std::function<void()> body, Time latest = kNever);

  // Hears of every port call from now on.
  void listen(TraceListener listener) { kernel_.listen(std::move(listener)); }
  std::uint64_t trace_hash() const { return kernel_.trace().hash(); }
  std::uint64_t events() const { return kernel_.events(); }
  // Calls of the nodes to the disk and the link, so far (kernel.h, before_operation).
  std::uint64_t operations() const { return kernel_.operations(); }
  void before_operation(std::uint64_t number, std::function<void()> call) {
    kernel_.before_operation(number, std::move(call));
  }

 private:
  WorldSettings settings_;
  Kernel kernel_;
  VirtualClock clock_;
  MemoryDisk disk_;
  VirtualLink link_;
  VirtualLog log_;
  std::deque<std::unique_ptr<VirtualScheduler>> schedulers_;  // by node
};

}  // namespace holdfast::world
