// A stackful fiber: a function that can stop in the middle and go on later, on its own stack.
// fiber.cpp is the only file that knows Boost.Context and the only one that switches.
//
//   Fiber fiber;
//   fiber.start([&] { work(); fiber.suspend(); more_work(); });   // does not run it yet
//   while (!fiber.resume()) ...                                    // true once the body has returned
//
// A fiber that ended may be started again on the same stack. One that is suspended may be abandoned:
// it is never resumed and never unwound, so no destructor on its stack runs and memory owned from
// there stays allocated. The body itself lives outside the stack.
//
// What belongs to a fiber and is kept for it across switches: the exceptions it is handling or
// throwing, errno, and whose memory it allocates. All fibers of a world run on one thread. An exception that
// leaves the body ends the program, as it does for a thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "simulator/memory/arena.h"
#include "simulator/world/virtual/fiber_stack.h"

namespace holdfast::world {

class Fiber {
 public:
  Fiber() = default;
  ~Fiber() { abandon(); }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // What the body allocates belongs to the arena, if one is given.
  void start(std::function<void()> body, memory::Arena* arena = nullptr);
  // From outside: runs the body until it suspends or returns. True when it has returned.
  bool resume();
  // From inside the body only.
  void suspend();
  // From outside: forgets a suspended body for good, and gives that body back, for the caller to
  // destroy or to forget as well. Harmless when nothing is suspended.
  std::function<void()> abandon();

  bool active() const { return state_ == State::suspended || state_ == State::running; }

 private:
  enum class State : unsigned char { idle, suspended, running, ended };

  // What the language runtime keeps per thread and we keep per fiber.
  struct Runtime {
    std::array<std::byte, 2 * sizeof(void*)> exceptions{};
    int error = 0;
    memory::Arena* arena = nullptr;
    void exchange();
  };

  void create();
  void enter();  // the first frame on the fiber's stack
  void leave();
  void drop_body();
  void forget_stack();
  void free_fake_stack();

  // Boost fibers in raw storage: what is never destroyed is never unwound.
  alignas(void*) std::array<std::byte, sizeof(void*)> inside_;   // where to go on inside
  alignas(void*) std::array<std::byte, sizeof(void*)> outside_;  // where to go on outside
  State state_ = State::idle;
  FiberStack stack_;
  std::function<void()> body_;
  Runtime runtime_;
  void* fake_stack_ = nullptr;          // AddressSanitizer: of the fiber while it is away
  const void* outer_bottom_ = nullptr;  // and the bounds of the stack to return to
  std::size_t outer_bytes_ = 0;
  void* thread_ = nullptr;  // ThreadSanitizer: the thread it takes the fiber for, and the one to return to
  void* outer_thread_ = nullptr;
};

}  // namespace holdfast::world
