// Tasks as threads, events as condition variables.
//
// A task whose handle is dropped before it ended goes on detached; its body owns what it uses.
#pragma once

#include "core/env/scheduler.h"

namespace holdfast::host {

class ThreadScheduler final : public Scheduler {
 public:
  std::unique_ptr<Task> spawn(std::string name, std::function<void()> body) override;
  std::unique_ptr<Event> make_event() override;
  void sleep_until(Time when) override;
  void idle_until(Time tick, Time latest) override;
};

}  // namespace holdfast::host
