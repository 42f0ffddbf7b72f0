// The port to threads, and the only way to block for time or for each other.
//
//   auto worker = env.scheduler.spawn("collector", [this] { run(); });
//   auto ticket = event.ticket();                      // before looking at the state
//   if (!work_ready()) event.wait_until(ticket, deadline);
//   worker->join(deadline);
//
// LIVE a task is a thread; VIRTUAL it is a fiber. Everything here may be called from any task.
// No call may be made while a base::Mutex is held, in a destructor, or in a catch handler.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/time.h"

namespace holdfast {

// An event counter: waiting needs a ticket taken before the caller looked at its state, so a
// notify() between look and wait is never lost. notify() wakes every waiter and never blocks.
class Event {
 public:
  virtual ~Event() = default;
  virtual std::uint64_t ticket() const = 0;
  virtual void notify() = 0;
  // True when notified since the ticket was taken, false at the deadline.
  virtual bool wait_until(std::uint64_t ticket, Time deadline) = 0;
};

// A running task. Dropping the handle of a task that has not been joined detaches it: what the
// body uses must then be owned by the body.
class Task {
 public:
  virtual ~Task() = default;
  // True when the body has returned, false at the deadline.
  virtual bool join(Time deadline) = 0;
};

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual std::unique_ptr<Task> spawn(std::string name, std::function<void()> body) = 0;
  virtual std::unique_ptr<Event> make_event() = 0;
  virtual void sleep_until(Time when) = 0;

  // For a worker that polls producers' rings, which never notify anybody. LIVE: sleeps until
  // `tick`. VIRTUAL: sleeps until the first instant >= tick at which the load driver has said that
  // some ring filled, at latest until `latest`, so that idle polling costs no event.
  virtual void idle_until(Time tick, Time latest) = 0;
};

}  // namespace holdfast
