#include "simulator/memory/arena.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace holdfast::memory {
namespace {

thread_local std::uint64_t allocations = 0;
thread_local BlockHeader* current = nullptr;  // the seam of the current arena's ring

// header │ block        with an alignment of 16 bytes, or
// ····· header │ block  with a larger one: as much in front as keeps the block aligned
void* put_header(void* base, std::size_t in_front, std::size_t size) noexcept {
  void* block = static_cast<std::byte*>(base) + in_front;
  auto* header =
      ::new (static_cast<std::byte*>(block) - sizeof(BlockHeader)) BlockHeader{nullptr, nullptr, base, size};
  if (current == nullptr) return block;
  header->next = current;
  header->before = current->before;
  current->before->next = header;
  current->before = header;
  return block;
}

void* try_allocate(std::size_t size) noexcept {
  ++allocations;
  void* base = std::malloc(sizeof(BlockHeader) + size);
  return base == nullptr ? nullptr : put_header(base, sizeof(BlockHeader), size);
}

void* try_allocate(std::size_t size, std::align_val_t alignment) noexcept {
  const auto align = static_cast<std::size_t>(alignment);
  if (align <= alignof(BlockHeader)) return try_allocate(size);
  ++allocations;
  const std::size_t in_front = std::max(align, sizeof(BlockHeader));
  void* base = std::aligned_alloc(align, (in_front + size + align - 1) / align * align);
  return base == nullptr ? nullptr : put_header(base, in_front, size);
}

template <class... Alignment>
void* allocate(std::size_t size, Alignment... alignment) {
  if (void* block = try_allocate(size, alignment...)) return block;
  throw std::bad_alloc();
}

void release(void* block) noexcept {
  if (block == nullptr) return;
  auto* header = reinterpret_cast<BlockHeader*>(static_cast<std::byte*>(block) - sizeof(BlockHeader));
  if (header->before != nullptr) {
    header->before->next = header->next;
    header->next->before = header->before;
  }
  std::free(header->base);
}

}  // namespace

std::uint64_t allocations_of_this_thread() noexcept { return allocations; }

Arena::Arena() noexcept : ring_{&ring_, &ring_, nullptr, 0} {}

Arena::~Arena() {
  for (BlockHeader* header = ring_.next; header != &ring_;) {
    header->before = nullptr;
    header = std::exchange(header->next, nullptr);
  }
}

void Arena::free_all() noexcept {
  for (BlockHeader* header = ring_.next; header != &ring_;)
    std::free(std::exchange(header, header->next)->base);
  ring_.next = ring_.before = &ring_;
}

std::uint64_t Arena::blocks() const noexcept {
  std::uint64_t count = 0;
  for (const BlockHeader* header = ring_.next; header != &ring_; header = header->next) ++count;
  return count;
}

std::uint64_t Arena::bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const BlockHeader* header = ring_.next; header != &ring_; header = header->next) sum += header->bytes;
  return sum;
}

// The seam is the first member of its arena, and alone in it.
Arena* exchange_current(Arena* arena) noexcept {
  return reinterpret_cast<Arena*>(std::exchange(current, reinterpret_cast<BlockHeader*>(arena)));
}

}  // namespace holdfast::memory

using holdfast::memory::allocate;
using holdfast::memory::release;
using holdfast::memory::try_allocate;

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return try_allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return try_allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return try_allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return try_allocate(size, alignment);
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept { release(block); }
