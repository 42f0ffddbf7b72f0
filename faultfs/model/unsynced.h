// What files held at their last sync, for a file system that gives up what a failed sync could not write.
//
//   unsynced.begin_write(inode, file_size);
//   unsynced.keep(inode, offset, bytes);              // what the write is about to replace
//   const Reversal back = unsynced.take(inode);       // the sync failed: write these in order, then cut
//   unsynced.forget(inode);                           // it succeeded
//
// Bounded as OldContents is: of a file with more unsynced bytes, only the latest come back. Not
// thread-safe: the owner serialises. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "faultfs/model/old_contents.h"

namespace holdfast::faultfs {

// How a file becomes what it was: these bytes written in order, and then cut to this size.
struct Reversal {
  std::vector<OldBytes> writes;
  std::optional<std::uint64_t> size;  // unset: it was not written to
};

class Unsynced {
 public:
  void keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes);
  // A write is to come, and the file is so long.
  void begin_write(std::uint64_t inode, std::uint64_t file_size) { sizes_.try_emplace(inode, file_size); }
  Reversal take(std::uint64_t inode);
  void forget(std::uint64_t inode);
  void clear();

 private:
  OldContents old_;
  std::map<std::uint64_t, std::uint64_t> sizes_;  // at the last sync
};

}  // namespace holdfast::faultfs
