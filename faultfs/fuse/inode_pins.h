// Inodes that something un-synced concerns, each kept within reach by a descriptor (O_PATH) whatever becomes
// of its names.
//
//   pins.pin(inode, node.descriptor());        // once for each reason
//   pins.descriptor(inode)
//   pins.unpin(inode);
//
// Not thread-safe: the owner serialises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "faultfs/fuse/descriptor.h"

namespace holdfast::faultfs {

class InodePins {
 public:
  // The descriptor stays the caller's. False when the process has none left.
  bool pin(std::uint64_t inode, int descriptor);
  void unpin(std::uint64_t inode);
  // Another inode took its place.
  void replace(std::uint64_t inode, Descriptor descriptor);
  // -1: not pinned, or the process had no descriptor left.
  int descriptor(std::uint64_t inode) const;
  std::size_t size() const { return pins_.size(); }
  void clear() { pins_.clear(); }

 private:
  struct Pin {
    Descriptor descriptor;
    std::size_t reasons = 0;
  };
  std::map<std::uint64_t, Pin> pins_;
};

}  // namespace holdfast::faultfs
