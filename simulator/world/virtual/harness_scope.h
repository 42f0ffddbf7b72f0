// What ThreadSanitizer must know to find in a virtual world, on one thread, the races that the core would
// have between threads. Every fiber is a thread to it; the loop hands the word to a fiber without ordering
// anything, so that only what would order two threads does: a lock, an atomic, a task begun or joined, an
// event notified and waited for. What the world keeps for itself (the loop, the disk, the link, and what a
// test hangs on them) is touched by one fiber at a time and by no lock, which is no race: a scope hides it.
//
//   const HarnessScope scope;        // until its end no access is looked at, and none orders anything
//   release(&event); ... acquire(&event);    // what was done before the one is seen after the other
//
// A scope opens first in every call of a port, and around every call that the loop makes; it may be left
// suspended. release() and acquire() are meant outside of any scope. In builds without ThreadSanitizer
// there is nothing of all this.
#pragma once

namespace holdfast::world {

#ifdef HOLDFAST_TSAN

class HarnessScope {
 public:
  HarnessScope() noexcept;
  ~HarnessScope();
  HarnessScope(const HarnessScope&) = delete;
  HarnessScope& operator=(const HarnessScope&) = delete;

  // For fiber.cpp: a fiber that is left stands outside of its scopes, and in them when it goes on.
  static unsigned exchange(unsigned open) noexcept;
};

void release(const void* what) noexcept;
void acquire(const void* what) noexcept;

#else

class HarnessScope {
 public:
  HarnessScope() noexcept {}
  ~HarnessScope() {}
  HarnessScope(const HarnessScope&) = delete;
  HarnessScope& operator=(const HarnessScope&) = delete;
  static unsigned exchange(unsigned) noexcept { return 0; }
};

inline void release(const void*) noexcept {}
inline void acquire(const void*) noexcept {}

#endif

}  // namespace holdfast::world
