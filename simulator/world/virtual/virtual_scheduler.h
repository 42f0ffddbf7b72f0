// The Scheduler port of one node: tasks are fibers, time is virtual. One node is one simulated
// machine (the harness is a node of its own); fibers spawned here belong to the node.
//
//   VirtualScheduler scheduler(kernel, node);
//   scheduler.spawn("collector", [&] { ... });
//   scheduler.ring_filled();             // the load driver: a producer's ring has something now
//
// Blocking calls are made from fibers only; spawn, make_event, notify and ring_filled also from
// calls of the harness. Handles and events must not be used after their world has gone.
#pragma once

#include "core/env/scheduler.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

class VirtualScheduler final : public Scheduler {
 public:
  VirtualScheduler(Kernel& kernel, NodeId node) : kernel_(kernel), node_(node) {}

  std::unique_ptr<Task> spawn(std::string name, std::function<void()> body) override;
  std::unique_ptr<Event> make_event() override;
  void sleep_until(Time when) override;

  // Sleeps until max(tick, the instant of the first ring_filled() since this fiber's last
  // idle_until returned), at most until `latest`. Nothing filled: one event, at `latest`
  // (none for kNever). ring_filled() costs an event only when somebody idles.
  void idle_until(Time tick, Time latest) override;
  void ring_filled();

  NodeId node() const { return node_; }

 private:
  Kernel& kernel_;
  NodeId node_;
  WaitList idlers_;
  std::uint64_t fills_ = 0;
  std::uint64_t next_event_ = 1;
};

// The kernel's name of a task that a VirtualScheduler spawned.
TaskRef task_ref(const Task& task);

}  // namespace holdfast::world
