// Real accounting for a full disk: how many 4 KiB blocks each file occupies, how many may still be
// allocated, and how many inodes may still be made. Pure; used by the FUSE daemon, and by the virtual disk
// for its capacity too.
//
//   budget.limit(256 * 1024);                           // 64 blocks left from now on
//   auto granted = budget.write(inode, offset, size);   // bytes that fit; 0 means ENOSPC
//
// Limits of a part of the volume have numbers, and an inode is within those that put() says when it is first
// seen; what it takes is taken from each of them, and comes back to them:
//
//   budget.set_limit(3, {.blocks = 64});
//   budget.put(inode, limits_of_its_path);              // a set of numbers
//
// Blocks are counted when first written or allocated, never from st_blocks. A file seen for the
// first time (adopt) occupies its size. Not thread-safe: the owner serialises.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace holdfast::faultfs {

class SpaceBudget {
 public:
  static constexpr std::uint64_t kBlock = 4096;
  static constexpr std::size_t kMostLimits = 64;
  using LimitSet = std::uint64_t;  // of numbers, one bit each
  struct Limit {
    std::optional<std::uint64_t> blocks = std::nullopt;  // that may still be allocated
    std::optional<std::uint64_t> inodes = std::nullopt;  // that may still be made
  };

  // From now on `left_bytes` (rounded down to blocks) may be allocated; nullopt lifts the limit.
  void limit(std::optional<std::uint64_t> left_bytes);
  bool limited() const { return most_blocks_.has_value(); }
  // Bytes that may still be allocated; only meaningful while limited.
  std::uint64_t left_bytes() const;
  std::uint64_t used_bytes() const { return used_blocks_ * kBlock; }

  // One limit of a part; an empty one lifts it.
  void set_limit(std::size_t number, Limit limit) { limits_.at(number) = limit; }
  const Limit& limit_of(std::size_t number) const { return limits_.at(number); }
  // Lifts all limits of parts, and forgets which inodes are within them.
  void lift_limits();
  // The inode is within these, unless it is known where it is.
  void put(std::uint64_t inode, LimitSet within) { within_.try_emplace(inode, within); }
  LimitSet limits_of(std::uint64_t inode) const;
  // A file, directory or link was made within these.
  void make_inode(LimitSet within);

  // Tells the budget of a file that exists already with this size. Harmless when known.
  void adopt(std::uint64_t inode, std::uint64_t size);
  // How many leading bytes of a write of [offset, offset + size) would fit. Accounts for nothing.
  std::uint64_t fitting(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const;
  // ... within this limit alone.
  std::uint64_t fitting(const Limit& limit, std::uint64_t inode, std::uint64_t offset,
                        std::uint64_t size) const;
  // Accounts for writing [offset, offset + size) and returns how many leading bytes fit.
  std::uint64_t write(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  // All or nothing, as fallocate is.
  bool allocate(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  // Takes the room even where none is left: the volume is fuller than full then.
  void occupy(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  // True when one new block (a new name or directory) would fit. Does not account for it.
  bool room_for_name() const;
  void truncate(std::uint64_t inode, std::uint64_t size);
  // The inode is gone (last link removed and last handle closed): it and all its blocks come back.
  void remove(std::uint64_t inode);
  bool knows(std::uint64_t inode) const { return files_.contains(inode); }

 private:
  using Extents = std::map<std::uint64_t, std::uint64_t>;  // first block -> one past the last

  std::optional<std::uint64_t> most_blocks_;  // of the whole volume, with those that are used
  std::array<Limit, kMostLimits> limits_{};
  std::unordered_map<std::uint64_t, LimitSet> within_;  // by inode
  std::uint64_t used_blocks_ = 0;
  std::unordered_map<std::uint64_t, Extents> files_;

  std::uint64_t left_blocks() const;
  std::optional<std::uint64_t> room_of(std::uint64_t inode) const;
  template <class Change>
  void change_blocks(std::uint64_t inode, Change change);
  std::uint64_t missing_blocks(const Extents& extents, std::uint64_t first, std::uint64_t last) const;
  void take(std::uint64_t inode, std::uint64_t first, std::uint64_t last);
  void give_back(std::uint64_t inode, std::uint64_t blocks);
};

}  // namespace holdfast::faultfs
