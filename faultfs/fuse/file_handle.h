// What an open file or directory is to the daemon: a descriptor of its own, and its node.
//
//   set_handle(info, new FileHandle{descriptor, node, false, info->flags, fs.next_handle()});
//   handle_of(info)->descriptor
//
// Made by open and create, deleted by release; the kernel sends release after every other request
// on the handle was answered, so no operation outlives its handle.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <mutex>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {

struct FileHandle {
  int descriptor;
  NodePtr node;
  bool syncs_writes;     // O_SYNC or O_DSYNC: a write may block as long as a sync
  int open_flags;        // as the program gave them
  std::uint64_t number;  // in order of opening
};

struct DirectoryHandle {
  DIR* stream;
  NodePtr node;
  std::mutex mutex{};  // a delayed readdir runs beside an undelayed one
  off_t offset = 0;
  dirent* held = nullptr;  // read, but did not fit the last answer
};

inline FileHandle* handle_of(const fuse_file_info* info) { return reinterpret_cast<FileHandle*>(info->fh); }
inline DirectoryHandle* directory_of(const fuse_file_info* info) {
  return reinterpret_cast<DirectoryHandle*>(info->fh);
}

}  // namespace holdfast::faultfs
