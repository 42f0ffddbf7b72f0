// Whom memory belongs to. Each block that a thread allocates while an arena is its current one belongs to
// that arena, whoever frees it later; all that is left can be freed at once, without any destructor. So a
// simulated node can die in the middle of whatever it is doing and leave nothing behind.
//
//   Arena arena;
//   {
//     const Allocating within(&arena);      // until the end of the block
//     node();
//   }
//   arena.free_all();                       // what node() has not freed is gone
//
// Without a current arena a block is nobody's but its pointer's, as anywhere. Linking this file replaces the
// global operator new and delete of the program, which also counts: so that a run can say whether record()
// allocated. An arena is used by one thread at a time; blocks may be freed under any arena.
#pragma once

#include <cstdint>

namespace holdfast::memory {

std::uint64_t allocations_of_this_thread() noexcept;

// In front of each allocated block.
struct alignas(16) BlockHeader {
  BlockHeader* next;
  BlockHeader* before;  // null: nobody's
  void* base;           // what malloc gave
  std::uint64_t bytes;
};

class Arena {
 public:
  Arena() noexcept;
  // What is left stays allocated, as nobody's.
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void free_all() noexcept;

  // What it holds, without the headers.
  std::uint64_t blocks() const noexcept;
  std::uint64_t bytes() const noexcept;

 private:
  BlockHeader ring_;  // of blocks, with this as its seam
};

// Makes the arena (or none) the thread's current one, and returns the one before: for who switches by hand.
Arena* exchange_current(Arena* arena) noexcept;

// The same for the rest of a scope.
class Allocating {
 public:
  explicit Allocating(Arena* arena) noexcept : before_(exchange_current(arena)) {}
  ~Allocating() { exchange_current(before_); }
  Allocating(const Allocating&) = delete;
  Allocating& operator=(const Allocating&) = delete;

 private:
  Arena* before_;
};

}  // namespace holdfast::memory
