// A few threads for calls that may block, so that the request thread never does.
//
//   WorkerPool workers(8);
//   workers.submit([=] { fsync(descriptor); answer(); });
//   workers.drain();                                   // returns when all submitted have run
//
// submit() from any thread. The destructor drains, then joins.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace holdfast::faultfs {

using Task = std::move_only_function<void()>;

class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void submit(Task task);
  void drain();

 private:
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable idle_;
  std::deque<Task> queue_;
  std::size_t busy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;

  void run();
};

}  // namespace holdfast::faultfs
