// Forked processes that each compute one text: whatever becomes of one, its parent hears of it and goes on.
//
//   Children children(processors);
//   children.start(seed, 60s, [=] { return to_text(play(scenario, seed)); });
//   for (const Child& child : children.wait()) ... child.number, child.answer, child.death ...
//
// The parent has one thread. A child inherits everything and ends with its parent; standard error of a
// child is kept for the message of its death. Errors: a process that cannot be made is a dead child.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast::sweep {

struct Child {
  std::uint64_t number = 0;
  std::optional<std::string> answer;  // none: it died
  std::string death;                  // how it died and what it said last
  bool too_long = false;              // it was killed for it
};

class Children {
 public:
  explicit Children(std::size_t at_once) : at_once_(at_once) {}
  ~Children();  // ends those that run
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  bool idle() const { return running_.empty(); }
  bool full() const { return running_.size() >= at_once_; }
  std::size_t at_once() const { return at_once_; }

  void start(std::uint64_t number, Duration within, const std::function<std::string()>& compute);
  // Those that have ended, in the order in which they were started; waits for the first, or a short while.
  std::vector<Child> wait();
  void end_all();

 private:
  struct Running {
    std::uint64_t number = 0;
    pid_t pid = -1;
    int answer = -1;  // pipes
    int error = -1;
    std::string answered, said;
    std::chrono::steady_clock::time_point latest;
    bool too_long = false;
  };

  static void read_some(int& from, std::string& into, std::size_t most);
  void read_all(int milliseconds);
  void end_overdue();
  static Child conclude(Running& running);

  std::size_t at_once_;
  std::vector<Running> running_;
};

}  // namespace holdfast::sweep
