// A bounded ring of variable-size frames between one producer and one consumer. Neither ever waits.
//
//   std::byte* at = ring.prepare(size);   // producer: nullptr when full
//   ... write size bytes at `at` ...
//   ring.commit();
//   ring.drain(1000, [](std::span<std::byte> frame) { ... });   // consumer
//
//      tail (consumer)                     head (producer)
//        v                                   v
//   ...  [size|frame][size|frame][size|frame]  free  ...  [skip: the frame did not fit before the end]
//
// Each side owns one index and keeps a copy of the other's, read again only when the copy says full
// or empty (Lamport 1983; the cached indices as in Vyukov's and Rigtorp's rings). Lines of later
// frames are asked for ahead with intent to write: getting them back from the consumer's core is
// what costs, not the copy. `Atomic` is std::atomic in production and a scheduled one in tests.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "core/base/check.h"

namespace holdfast::ingest {

inline constexpr std::size_t kCacheLine = 64;

template <template <class> class Atomic = std::atomic>
class FrameRing {
 public:
  static constexpr std::size_t kHeader = 8;
  static constexpr std::size_t kMinBytes = 4096;

  // `bytes` is a power of two, at least kMinBytes. Every page is touched here, none in prepare().
  explicit FrameRing(std::size_t bytes)
      : bytes_(bytes), mask_(bytes - 1), memory_(new (std::align_val_t{4096}) std::byte[bytes]) {
    HOLDFAST_CHECK(bytes >= kMinBytes && (bytes & mask_) == 0, "ring sizes are powers of two");
    std::memset(memory_.get(), 0, bytes);
  }

  // --- producer ---

  // Room for a frame of `size` bytes, or nullptr when the ring is full. size <= bytes / 4.
  std::byte* prepare(std::size_t size) noexcept {
    const std::size_t need = kHeader + ((size + 7) & ~std::size_t{7});
    std::uint64_t head = head_local_;
    const std::size_t to_end = bytes_ - (head & mask_);
    const std::size_t total = need <= to_end ? need : to_end + need;
    if (head + total - tail_cached_ > bytes_) [[unlikely]] {
      tail_cached_ = tail_.load(std::memory_order_acquire);
      if (head + total - tail_cached_ > bytes_) return nullptr;
    }
    if (need > to_end) [[unlikely]] {
      write_size(head, kSkip);
      head += to_end;
    }
    std::byte* at = memory_.get() + (head & mask_);
    ask_for(memory_.get() + ((head + kAhead) & mask_));
    ask_for(memory_.get() + ((head + kAhead + kCacheLine) & mask_));
    write_size(head, static_cast<std::uint32_t>(size));
    head_local_ = head + need;
    return at + kHeader;
  }

  // Makes the prepared frame visible to the consumer.
  void commit() noexcept { head_.store(head_local_, std::memory_order_release); }

  // --- consumer ---

  // Hands at most `limit` frames to `take`, oldest first, then frees their room. Returns how many.
  template <class Take>
  std::size_t drain(std::size_t limit, Take&& take) {
    std::uint64_t tail = tail_local_;
    const std::uint64_t head = head_.load(std::memory_order_acquire);
    std::size_t count = 0;
    while (tail != head && count < limit) {
      const std::uint32_t size = read_size(tail);
      if (size == kSkip) {
        tail += bytes_ - (tail & mask_);
        continue;
      }
      take(std::span<std::byte>(memory_.get() + (tail & mask_) + kHeader, size));
      tail += kHeader + ((size + 7) & ~std::size_t{7});
      ++count;
    }
    tail_local_ = tail;
    tail_.store(tail, std::memory_order_release);
    return count;
  }

  // Either side, and onlookers.
  bool empty() const noexcept {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::uint32_t kSkip = 0xffffffffU;
  static constexpr std::size_t kAhead = 512;

  struct Free {
    void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{4096}); }
  };

  // Asks for a line with the intent to write it. PREFETCHW by name: compilers emit it for
  // __builtin_prefetch only with -mprfchw, which a program that embeds the core would have to set;
  // x86-64 processors without it take it as a no-operation.
  static void ask_for(const std::byte* at) noexcept {
#if defined(__x86_64__)
    asm volatile("prefetchw %0" : : "m"(*at));
#else
    __builtin_prefetch(at, 1);
#endif
  }

  void write_size(std::uint64_t at, std::uint32_t size) noexcept {
    std::memcpy(memory_.get() + (at & mask_), &size, sizeof size);
  }
  std::uint32_t read_size(std::uint64_t at) const noexcept {
    std::uint32_t size;
    std::memcpy(&size, memory_.get() + (at & mask_), sizeof size);
    return size;
  }

  const std::size_t bytes_;
  const std::size_t mask_;
  const std::unique_ptr<std::byte[], Free> memory_;

  alignas(kCacheLine) Atomic<std::uint64_t> head_{0};
  std::uint64_t head_local_ = 0;
  std::uint64_t tail_cached_ = 0;
  alignas(kCacheLine) Atomic<std::uint64_t> tail_{0};
  std::uint64_t tail_local_ = 0;
};

}  // namespace holdfast::ingest
