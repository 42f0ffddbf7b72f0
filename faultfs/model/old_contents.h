// What files held before they were written over, for reads that come too late to see it.
//
//   old.keep(inode, offset, bytes);            // what a write is about to replace
//   for (const auto& [at, bytes] : old.before(inode, offset, size)) ...
//
// Of each place the contents before the last write to it. Bounded: the oldest are forgotten first. Not
// thread-safe: the owner serialises. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace holdfast::faultfs {

struct OldBytes {
  std::uint64_t offset = 0;  // in the file
  std::vector<std::byte> bytes;
};

class OldContents {
 public:
  static constexpr std::size_t kMostBytes = 4 << 20;
  static constexpr std::size_t kMostWrites = 4096;

  void keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes);
  // In the order in which they were replaced, so that of two at one place the later counts.
  std::vector<OldBytes> before(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const;
  bool knows(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const;
  void forget(std::uint64_t inode);
  void clear();

 private:
  struct Kept {
    std::uint64_t inode;
    OldBytes old;
  };
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
};

// Puts those of them that lie there over the bytes that were read at `offset`.
void apply_old(std::span<const OldBytes> old, std::uint64_t offset, std::span<std::byte> bytes);

}  // namespace holdfast::faultfs
