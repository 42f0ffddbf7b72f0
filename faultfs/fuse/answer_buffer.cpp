#include "faultfs/fuse/answer_buffer.h"

#include <bit>
#include <memory>
#include <new>

namespace holdfast::faultfs {
namespace {

constexpr std::align_val_t kPageSize{4096};

struct FreePages {
  void operator()(std::byte* bytes) const { ::operator delete(bytes, kPageSize); }
};

}  // namespace

std::span<std::byte> answer_buffer(std::size_t size) {
  thread_local std::unique_ptr<std::byte, FreePages> buffer;
  thread_local std::size_t capacity = 0;
  if (capacity < size) {
    const std::size_t larger = std::bit_ceil(size);
    buffer.reset(static_cast<std::byte*>(::operator new(larger, kPageSize)));
    capacity = larger;
  }
  return {buffer.get(), size};
}

}  // namespace holdfast::faultfs
