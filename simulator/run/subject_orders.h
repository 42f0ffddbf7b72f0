// The inside of the harness' line to the subject's process: orders come as lines on standard input,
// answers go to standard output, and the end of input means stop.
//
//   SubjectOrders orders(clock);           // listens on a thread of its own
//   orders.say_ready();                    // "ready"
//   while (!orders.stop_asked()) ...
//
//   clock_jump NANOSECONDS                 the wall clock is wrong by so much, and answered likewise
//
// The harness' side is world/live/subject_process.h. The destructor ends the listening.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>

#include "simulator/world/live/jumping_clock.h"

namespace holdfast::run {

// The order, and its answer, by which the harness knows that it was carried out.
std::string clock_jump_order(Duration shift);

class SubjectOrders {
 public:
  explicit SubjectOrders(world::JumpingClock& clock);
  ~SubjectOrders();
  SubjectOrders(const SubjectOrders&) = delete;
  SubjectOrders& operator=(const SubjectOrders&) = delete;

  void say_ready() const;
  bool stop_asked() const { return stop_asked_.load(); }

 private:
  void listen();
  void obey(std::string_view order);

  world::JumpingClock& clock_;
  std::atomic<bool> stop_asked_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace holdfast::run
