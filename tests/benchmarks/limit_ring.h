// What record() is measured against: the least that a thread can do to hand bytes to another one. A
// byte ring between one producer and one consumer, a size in front of each frame, one release store.
// No closing, no counting, no reason given when full.
//
//   LimitRing ring(1 << 20);
//   ring.put(size, [](std::byte* at) { ... });         // false: full
//   ring.take_all([](const std::byte* at, std::size_t size) { ... });
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace holdfast::bench {

class LimitRing {
 public:
  explicit LimitRing(std::size_t bytes) : memory_(bytes + kLongest), mask_(bytes - 1) {}

  // Frames may reach into the reserve behind the end, so that none is ever split.
  template <class Write>
  bool put(std::size_t size, Write&& write) noexcept {
    const std::uint64_t next = written_ + step(size);
    if (next - read_seen_ > mask_ + 1 - kLongest) [[unlikely]] {
      read_seen_ = read_.load(std::memory_order_acquire);
      if (next - read_seen_ > mask_ + 1 - kLongest) return false;
    }
    std::byte* at = &memory_[written_ & mask_];
    own_line(&memory_[(written_ + kAhead) & mask_]);
    own_line(&memory_[(written_ + kAhead + 64) & mask_]);
    std::memcpy(at, &size, sizeof size);
    write(at + sizeof size);
    written_ = next;
    published_.store(next, std::memory_order_release);
    return true;
  }

  template <class Take>
  std::size_t take_all(Take&& take) {
    std::uint64_t from = read_.load(std::memory_order_relaxed);
    const std::uint64_t to = published_.load(std::memory_order_acquire);
    std::size_t count = 0;
    for (; from != to; ++count) {
      const std::byte* at = &memory_[from & mask_];
      std::size_t size;
      std::memcpy(&size, at, sizeof size);
      take(at + sizeof size, size);
      from += step(size);
    }
    read_.store(to, std::memory_order_release);
    return count;
  }

 private:
  static constexpr std::size_t kLongest = 512;
  static constexpr std::size_t kAhead = 512;

  static std::size_t step(std::size_t size) { return sizeof(std::size_t) + ((size + 7) & ~std::size_t{7}); }
  static void own_line(std::byte* at) noexcept {
#if defined(__x86_64__)
    asm volatile("prefetchw %0" : : "m"(*at));
#else
    __builtin_prefetch(at, 1);
#endif
  }

  std::vector<std::byte> memory_;
  const std::size_t mask_;
  alignas(64) std::atomic<std::uint64_t> published_{0};
  std::uint64_t written_ = 0;
  std::uint64_t read_seen_ = 0;
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace holdfast::bench
