// One operation as rules see it, whoever asks for it: the FUSE daemon or the memory disk.
//
//   Call call{.operation = Operation::write, .path = "spool/1.seg", .offset = 0, .size = 4096};
//
// Both fill in the same fields for the same operation, so that both worlds get the same decision.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "faultfs/model/operation.h"

namespace holdfast::faultfs {

struct Call {
  Operation operation = Operation::lookup;
  std::string_view path;  // relative to the mount, at request time; "" is the root
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;       // for space accounting; 0 when the operation has none
  std::uint32_t caller_pid = 0;  // of the thread, as the kernel tells it
  bool new_name = false;         // rename, link: the target name does not exist yet, so needs room
  std::string_view target = {};  // rename: the new path
  std::uint64_t file_size = 0;   // read: what the file holds, so that damage falls on bytes that exist
  bool for_writing = false;      // open
  bool exclusive = false;        // create
  bool by_handle = false;        // truncate: of an open file, whose permissions were checked at its open
  std::optional<int> open_flags = std::nullopt;  // open, create, and whatever has an open file

  std::uint64_t handle = 0;         // of the open file, if of one; they are numbered in order of opening
  std::uint64_t newest_handle = 0;  // fsync: the latest number given to any

  std::uint32_t owner = 0;  // write, fallocate: to which user the file belongs

  // LIVE: the so many-th of this operation on this path since the mount; 0: unknown.
  std::uint64_t ordinal = 0;
  std::uint64_t request = 0;  // LIVE: its number with the kernel

  // Only where some rule asks for them.
  std::uint32_t caller_uid = 0;
  std::uint32_t caller_process = 0;
  std::string_view caller_comm = {};
};

// The bytes that it can move: of a read no more than the file has left.
inline std::uint64_t moved_by(const Call& call) {
  if (call.operation != Operation::read) return call.size;
  return std::min(call.size, call.file_size - std::min(call.file_size, call.offset));
}

}  // namespace holdfast::faultfs
