#include "simulator/memory/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace holdfast::memory {
namespace {

TEST(Arena, KnowsWhatWasAllocatedWhileItWasCurrent) {
  Arena arena;
  auto before = std::make_unique<std::uint64_t>(1);
  {
    const Allocating within(&arena);
    auto inside = std::make_unique<std::string>(100, 'x');
    EXPECT_EQ(arena.blocks(), 2U) << "the string and its text";
    EXPECT_EQ(arena.bytes(), sizeof(std::string) + 101);
    before.reset();
    EXPECT_EQ(arena.blocks(), 2U) << "what is nobody's is freed as ever";
  }
  EXPECT_EQ(arena.blocks(), 0U);
}

TEST(Arena, ItsBlocksMayBeFreedFromOutsideAndInAnyOrder) {
  Arena arena;
  std::vector<std::unique_ptr<int>> numbers(3);
  {
    const Allocating within(&arena);
    for (auto& number : numbers) number = std::make_unique<int>(1);
  }
  numbers[1].reset();
  EXPECT_EQ(arena.blocks(), 2U);
  numbers[0].reset();
  numbers[2].reset();
  EXPECT_EQ(arena.blocks(), 0U);
}

TEST(Arena, FreesAllAtOnceWithoutADestructor) {
  struct Loud {
    ~Loud() { ADD_FAILURE() << "a destructor ran"; }
    std::string text = std::string(1000, 'x');
  };
  Arena arena;
  {
    const Allocating within(&arena);
    (void)std::make_unique<Loud>().release();
  }
  EXPECT_EQ(arena.blocks(), 2U);
  arena.free_all();
  EXPECT_EQ(arena.blocks(), 0U);
}

TEST(Arena, ScopesNest) {
  Arena outer, inner;
  std::vector<std::unique_ptr<int>> numbers;
  numbers.reserve(3);
  {
    const Allocating within(&outer);
    {
      const Allocating deeper(&inner);
      numbers.push_back(std::make_unique<int>(1));
      const Allocating nobody(nullptr);
      numbers.push_back(std::make_unique<int>(2));
    }
    numbers.push_back(std::make_unique<int>(3));
  }
  EXPECT_EQ(outer.blocks(), 1U);
  EXPECT_EQ(inner.blocks(), 1U);
}

TEST(Arena, WhatIsLeftAtItsEndIsNobodys) {
  std::unique_ptr<std::string> text;
  {
    Arena arena;
    const Allocating within(&arena);
    text = std::make_unique<std::string>(100, 'x');
  }
  EXPECT_EQ(text->size(), 100U);
}

template <std::size_t alignment>
struct alignas(alignment) Aligned {
  char bytes[3 * alignment];
};

template <std::size_t alignment>
void expect_aligned() {
  Arena arena;
  const Allocating within(&arena);
  for (int i = 0; i < 10; ++i) {
    auto* one = new Aligned<alignment>();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one) % alignment, 0U) << alignment;
    auto* many = new (std::nothrow) Aligned<alignment>[3];
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(many) % alignment, 0U) << alignment;
    delete[] many;
    if (i % 2 == 0) delete one;
  }
  EXPECT_EQ(arena.blocks(), 5U);
  arena.free_all();
}

TEST(Arena, BlocksAreAlignedAsTheyAsk) {
  expect_aligned<8>();
  expect_aligned<16>();
  expect_aligned<32>();
  expect_aligned<64>();
  expect_aligned<4096>();
}

TEST(Arena, AllocationsAreCountedWhoeverOwnsThem) {
  const auto before = allocations_of_this_thread();
  Arena arena;
  const Allocating within(&arena);
  const auto number = std::make_unique<int>(1);
  const Allocating nobody(nullptr);
  const auto aligned = std::make_unique<Aligned<64>>();
  EXPECT_NE(static_cast<void*>(number.get()), static_cast<void*>(aligned.get()));
  EXPECT_EQ(allocations_of_this_thread() - before, 2U);
}

}  // namespace
}  // namespace holdfast::memory
