// Real accounting for a full disk: how many 4 KiB blocks each file occupies, how many may still be
// allocated, and how many inodes may still be made. Pure; used by the FUSE daemon, and by the virtual disk
// for its capacity too.
//
//   budget.limit(256 * 1024);                           // 64 blocks left from now on
//   auto granted = budget.write(inode, offset, size);   // bytes that fit; 0 means ENOSPC
//
// Blocks are counted when first written or allocated, never from st_blocks. A file seen for the
// first time (adopt) occupies its size. Not thread-safe: the owner serialises.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace holdfast::faultfs {

class SpaceBudget {
 public:
  static constexpr std::uint64_t kBlock = 4096;

  // From now on `left_bytes` (rounded down to blocks) may be allocated; nullopt lifts the limit.
  void limit(std::optional<std::uint64_t> left_bytes);
  bool limited() const { return left_blocks_.has_value(); }
  // Bytes that may still be allocated; only meaningful while limited.
  std::uint64_t left_bytes() const;
  std::uint64_t used_bytes() const { return used_blocks_ * kBlock; }

  // From now on so many inodes may be made; nullopt lifts the limit.
  void limit_inodes(std::optional<std::uint64_t> left) { left_inodes_ = left; }
  std::optional<std::uint64_t> left_inodes() const { return left_inodes_; }
  bool room_for_inode() const { return !left_inodes_ || *left_inodes_ > 0; }
  // A file, directory or link was made.
  void make_inode();

  // Tells the budget of a file that exists already with this size. Harmless when known.
  void adopt(std::uint64_t inode, std::uint64_t size);
  // How many leading bytes of a write of [offset, offset + size) would fit. Accounts for nothing.
  std::uint64_t fitting(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const;
  // Accounts for writing [offset, offset + size) and returns how many leading bytes fit.
  std::uint64_t write(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  // All or nothing, as fallocate is.
  bool allocate(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  // True when one new block (a new name or directory) would fit. Does not account for it.
  bool room_for_name() const;
  void truncate(std::uint64_t inode, std::uint64_t size);
  // The inode is gone (last link removed and last handle closed): it and all its blocks come back.
  void remove(std::uint64_t inode);
  bool knows(std::uint64_t inode) const { return files_.contains(inode); }

 private:
  using Extents = std::map<std::uint64_t, std::uint64_t>;  // first block -> one past the last

  std::optional<std::uint64_t> left_blocks_;
  std::optional<std::uint64_t> left_inodes_;
  std::uint64_t used_blocks_ = 0;
  std::unordered_map<std::uint64_t, Extents> files_;

  std::uint64_t missing_blocks(const Extents& extents, std::uint64_t first, std::uint64_t last) const;
  void take(Extents& extents, std::uint64_t first, std::uint64_t last);
  void give_back(std::uint64_t blocks);
};

}  // namespace holdfast::faultfs
