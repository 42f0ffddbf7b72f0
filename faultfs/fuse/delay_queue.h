// Holds delayed requests until they are due: one timer thread, so a delay occupies nobody else.
//
//   auto ticket = delays.reserve(caller_tid);
//   fuse_req_interrupt_func(request, on_interrupt, ...);    // calls delays.watch(ticket)
//   delays.schedule(ticket, due, [=] { workers.submit(...); });
//
// A caller waits in the kernel, uninterruptibly, until it is answered. So when a signal arrives
// (watch), the timer looks every 50 ms whether the caller is being killed, and if so lets its
// request go at once; other signals shorten nothing, as on a real disk. release_all() lets go
// everything: at heal and before unmount. Tasks run on the timer thread and must not block.
// Safe from any thread.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/time.h"
#include "faultfs/fuse/worker_pool.h"

namespace holdfast::faultfs {

class DelayQueue {
 public:
  using Ticket = std::uint64_t;

  DelayQueue();
  ~DelayQueue();
  DelayQueue(const DelayQueue&) = delete;
  DelayQueue& operator=(const DelayQueue&) = delete;

  // For a request of this caller; for none: a matter of the daemon's own.
  Ticket reserve(std::optional<pid_t> caller);
  void schedule(Ticket ticket, Time due, Task task);
  void watch(Ticket ticket);
  // Makes one due, if it still waits.
  void hurry(Ticket ticket);
  // Makes everything due and returns when it has been handed out.
  void release_all();
  // Requests that wait.
  std::size_t size() const;

 private:
  struct Entry {
    Time due = kNever;
    Task task;
    std::optional<pid_t> caller;
    bool watched = false;
  };
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable handed_out_;
  std::map<Ticket, Entry> entries_;
  std::multimap<Time, Ticket> order_;
  Ticket next_ = 1;
  std::size_t watched_ = 0;
  bool running_task_ = false;
  bool closed_ = false;
  std::thread thread_;

  void run();
  void make_due(Ticket ticket, Entry& entry, Time due);
  void hurry_the_killed(Time now);
  Task take(Ticket ticket);
};

}  // namespace holdfast::faultfs
