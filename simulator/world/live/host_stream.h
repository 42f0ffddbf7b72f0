// A host program's own work, as a stream: one operation of computing after the other, on a thread of
// its own, with the instant of each operation's end.
//
//   HostStream stream(50us);
//   stream.run_alone(1s);                      // before there is a tracker, and after it is gone
//   stream.begin(start, length, [&](Time now) { ... }); ... stream.end();
//   oracle::HostTask task = stream.task();
//
// Between two operations the program does something else, record its usage for instance, and the
// stream waits for that: the reader would see a stutter. An operation is a fixed number of hashes,
// found at construction: as many as take so long when nothing disturbs them. One thread calls.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "core/base/time.h"
#include "simulator/oracle/host_task.h"

namespace holdfast::world {

class HostStream {
 public:
  explicit HostStream(Duration operation);
  ~HostStream() { end(); }
  HostStream(const HostStream&) = delete;
  HostStream& operator=(const HostStream&) = delete;

  void run_alone(Duration length);
  // Counts what ends in [start, start + length), until end(). `between` is called on the stream's
  // thread after each operation.
  using Between = std::function<void(Time now)>;
  void begin(Time start, Duration length, Between between);
  void end();

  // After end().
  const oracle::HostTask& task() const { return task_; }

 private:
  void stream(Time start, const Between& between);

  std::uint64_t hashes_;  // of one operation
  oracle::HostTask task_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace holdfast::world
