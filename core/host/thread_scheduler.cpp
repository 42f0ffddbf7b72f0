#include "core/host/thread_scheduler.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/mutex.h"

namespace holdfast::host {
namespace {

// kNever would overflow the conversions of the standard library: a year is as good.
std::chrono::steady_clock::time_point to_steady(Time when) {
  const auto now = std::chrono::steady_clock::now();
  const auto furthest = now + std::chrono::hours(24 * 365);
  const std::chrono::steady_clock::time_point asked(when.time_since_epoch());
  return std::min(asked, furthest);
}

class ThreadEvent final : public Event {
 public:
  std::uint64_t ticket() const override {
    std::lock_guard lock(mutex_);
    return count_;
  }

  void notify() override {
    {
      std::lock_guard lock(mutex_);
      ++count_;
    }
    changed_.notify_all();
  }

  bool wait_until(std::uint64_t ticket, Time deadline) override {
    base::check_no_lock_held("Event::wait_until with a lock held");
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, to_steady(deadline), [&] { return count_ != ticket; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;
};

// Shared between the handle and the thread, so that either may go first.
struct Completion {
  std::mutex mutex;
  std::condition_variable done_changed;
  bool done = false;
};

class ThreadTask final : public Task {
 public:
  ThreadTask(const std::string& name, std::function<void()> body)
      : completion_(std::make_shared<Completion>()) {
    std::thread thread([body = std::move(body), completion = completion_]() mutable {
      body();
      body = nullptr;  // what the body owns goes before anyone learns that it ended
      {
        std::lock_guard lock(completion->mutex);
        completion->done = true;
      }
      completion->done_changed.notify_all();
    });
    pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    thread.detach();
  }

  bool join(Time deadline) override {
    base::check_no_lock_held("Task::join with a lock held");
    std::unique_lock lock(completion_->mutex);
    return completion_->done_changed.wait_until(lock, to_steady(deadline), [&] { return completion_->done; });
  }

 private:
  std::shared_ptr<Completion> completion_;
};

}  // namespace

std::unique_ptr<Task> ThreadScheduler::spawn(std::string name, std::function<void()> body) {
  return std::make_unique<ThreadTask>(name, std::move(body));
}

std::unique_ptr<Event> ThreadScheduler::make_event() { return std::make_unique<ThreadEvent>(); }

void ThreadScheduler::sleep_until(Time when) {
  base::check_no_lock_held("Scheduler::sleep_until with a lock held");
  std::this_thread::sleep_until(to_steady(when));
}

void ThreadScheduler::idle_until(Time tick, Time latest) { sleep_until(std::min(tick, latest)); }

}  // namespace holdfast::host
