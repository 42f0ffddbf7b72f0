#include "simulator/world/virtual/virtual_world.h"

#include <utility>

#include "core/base/check.h"

namespace holdfast::world {
namespace {

NodeId node_of(const Environment& environment) {
  return static_cast<VirtualScheduler&>(environment.scheduler).node();
}

}  // namespace

VirtualWorld::VirtualWorld(WorldSettings settings, faultfs::Injector& injector,
                           upstream::UpstreamModel& model)
    : settings_(std::move(settings)),
      kernel_(start(), settings_.livelock_steps),
      clock_(kernel_),
      disk_(kernel_, injector,
            {.latency = settings_.disk_latency,
             .latencies = settings_.disk_latencies,
             .capacity = settings_.disk_capacity,
             .mount_root = settings_.mount_root}),
      link_(kernel_, model, {.latency = settings_.link_latency}),
      log_(kernel_, {.print = settings_.print_log}) {
  schedulers_.push_back(std::make_unique<VirtualScheduler>(kernel_, kHarnessNode));
}

// Bodies may own files and events, so they go before the disk and the schedulers do.
VirtualWorld::~VirtualWorld() { kernel_.abandon_all(); }

Environment VirtualWorld::environment(std::string_view node_name, std::optional<std::uint64_t> random_seed) {
  const auto node = static_cast<NodeId>(schedulers_.size());
  schedulers_.push_back(std::make_unique<VirtualScheduler>(kernel_, node));
  const auto seed = random_seed.value_or(hash_name(node_name, settings_.seed));
  return Environment{clock_, *schedulers_.back(), disk_, link_, Random(seed), log_};
}

void VirtualWorld::ring_filled() {
  for (auto& scheduler : schedulers_) scheduler->ring_filled();
}

void VirtualWorld::ring_filled(const Environment& environment) {
  static_cast<VirtualScheduler&>(environment.scheduler).ring_filled();
}

void VirtualWorld::pause(const Environment& environment, Time until) {
  kernel_.pause(node_of(environment), until);
}

void VirtualWorld::kill(const Environment& environment) {
  kernel_.kill(node_of(environment));
  disk_.release_handles(node_of(environment));
}

std::unique_ptr<Task> VirtualWorld::spawn(std::string name, std::function<void()> body) {
  return scheduler().spawn(std::move(name), std::move(body));
}

bool VirtualWorld::run_until_done(const std::function<bool()>& done, Time latest) {
  return kernel_.run_until(done, latest);
}

bool VirtualWorld::run_until_done(const Task& task, Time latest) {
  return kernel_.run_until(task_ref(task), latest);
}

bool VirtualWorld::run(std::function<void()> body, Time latest) {
  const auto task = spawn("body", std::move(body));
  return run_until_done(*task, latest);
}

}  // namespace holdfast::world
