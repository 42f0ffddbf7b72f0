// One guarded stack: memory with an unreadable page below it, so that an overflow stops the program
// at once. Mapped at construction, unmapped at destruction; nothing on it is ever unwound.
//
//   FiberStack stack;
//   run_on(stack.top(), stack.bytes());
#pragma once

#include <cstddef>

namespace holdfast::world {

class FiberStack {
 public:
#if defined(HOLDFAST_ASAN) || defined(HOLDFAST_TSAN)
  static constexpr std::size_t kBytes = std::size_t{256} << 10;
#else
  static constexpr std::size_t kBytes = std::size_t{64} << 10;
#endif

  FiberStack();
  ~FiberStack();
  FiberStack(const FiberStack&) = delete;
  FiberStack& operator=(const FiberStack&) = delete;

  void* bottom() const { return bottom_; }
  void* top() const { return static_cast<std::byte*>(bottom_) + kBytes; }
  static constexpr std::size_t bytes() { return kBytes; }

  // Forgets what a former user left in the sanitizer's picture of this memory.
  void make_fresh();

 private:
  void* bottom_;  // lowest usable address; the guard page lies below
};

}  // namespace holdfast::world
