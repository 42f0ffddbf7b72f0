// Counts what a thread asks of the allocator. Linking this file puts malloc, calloc, realloc and
// their aligned siblings of the test program in front of the C library's; operator new comes here
// through malloc.
//
//   const auto before = allocations_of_this_thread();
//   call();
//   EXPECT_EQ(allocations_of_this_thread(), before);
//
// Under a sanitizer, which brings an allocator of its own, nothing is counted.
#pragma once

#include <cstdint>

namespace holdfast {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
inline constexpr bool kCountsAllocations = false;
#else
inline constexpr bool kCountsAllocations = true;
#endif

std::uint64_t allocations_of_this_thread() noexcept;

}  // namespace holdfast
