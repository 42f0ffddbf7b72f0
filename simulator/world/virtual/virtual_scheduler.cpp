#include "simulator/world/virtual/virtual_scheduler.h"

#include <algorithm>
#include <utility>

namespace holdfast::world {
namespace {

std::uint64_t digest_time(Time time) { return static_cast<std::uint64_t>(nanoseconds(time)); }

class VirtualEvent final : public Event {
 public:
  VirtualEvent(Kernel& kernel, std::uint64_t name) : kernel_(kernel), name_(name) {}

  std::uint64_t ticket() const override {
    const HarnessScope scope;
    return count_;
  }

  void notify() override {
    release(this);
    const HarnessScope scope;
    ++count_;
    kernel_.note(PortCall::notify, name_, count_);
    kernel_.wake_all(waiters_);
  }

  bool wait_until(std::uint64_t ticket, Time deadline) override {
    const bool notified = wait(ticket, deadline);
    if (notified) acquire(this);
    return notified;
  }

 private:
  bool wait(std::uint64_t ticket, Time deadline) {
    const auto scope =
        kernel_.enter_port("Event::wait_until needs a fiber without locks and exceptions in flight");
    if (count_ != ticket || deadline <= kernel_.now()) {
      kernel_.sleep_until(kernel_.now());
    } else {
      kernel_.wait(waiters_, deadline);
    }
    const bool notified = count_ != ticket;
    kernel_.note(PortCall::wait, digest(name_, digest_time(deadline)), notified);
    return notified;
  }

  Kernel& kernel_;
  std::uint64_t name_;
  std::uint64_t count_ = 0;
  WaitList waiters_;
};

class VirtualTask final : public Task {
 public:
  VirtualTask(Kernel& kernel, TaskRef task) : kernel_(kernel), task_(task) {}

  bool join(Time deadline) override {
    const bool ended = wait(deadline);
    if (ended) acquire(&task_.state->fiber);
    return ended;
  }

  TaskRef ref() const { return task_; }

 private:
  bool wait(Time deadline) {
    const auto scope = kernel_.enter_port("Task::join needs a fiber without locks and exceptions in flight");
    kernel_.sleep_until(kernel_.now());
    const bool ended = kernel_.join(task_, deadline);
    kernel_.note(PortCall::join, digest(task_.id, digest_time(deadline)), ended);
    return ended;
  }

  Kernel& kernel_;
  TaskRef task_;
};

}  // namespace

TaskRef task_ref(const Task& task) { return static_cast<const VirtualTask&>(task).ref(); }

std::unique_ptr<Task> VirtualScheduler::spawn(std::string name, std::function<void()> body) {
  const HarnessScope scope;
  return std::make_unique<VirtualTask>(kernel_, kernel_.spawn(node_, name, body));
}

std::unique_ptr<Event> VirtualScheduler::make_event() {
  const HarnessScope scope;
  return std::make_unique<VirtualEvent>(kernel_, digest(node_, next_event_++));
}

void VirtualScheduler::sleep_until(Time when) {
  const auto scope =
      kernel_.enter_port("Scheduler::sleep_until needs a fiber without locks and exceptions in flight");
  kernel_.sleep_until(when);
  kernel_.note(PortCall::sleep, digest_time(when), 0);
}

void VirtualScheduler::idle_until(Time tick, Time latest) {
  const auto scope =
      kernel_.enter_port("Scheduler::idle_until needs a fiber without locks and exceptions in flight");
  TaskState& self = kernel_.current();
  tick = std::min(tick, latest);
  if (self.fills_seen != fills_) {
    kernel_.sleep_until(tick);
  } else {
    self.idle_tick = tick;
    kernel_.wait(idlers_, latest);
  }
  self.fills_seen = fills_;
  kernel_.note(PortCall::idle, digest(digest_time(tick), digest_time(latest)), 0);
}

void VirtualScheduler::ring_filled() {
  const HarnessScope scope;
  ++fills_;
  while (TaskState* idler = kernel_.first_waiter(idlers_))
    kernel_.wake_at(idlers_, *idler, std::max(kernel_.now(), idler->idle_tick));
}

}  // namespace holdfast::world
