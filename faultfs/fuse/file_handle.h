// What an open file or directory is to the daemon: a descriptor of its own, and its node.
//
//   set_handle(info, new FileHandle{descriptor, node, info->flags, fs.next_handle()});
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
  int open_flags;        // as the program gave them
  std::uint64_t number;  // in order of opening
  std::uint32_t owner;   // of the file, when it was opened
  bool backed = false;   // the kernel has the backing file
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

// A call on an open file, with where and how much. The path must outlive the call.
Call call_on(fuse_req_t request, Operation operation, const FileHandle& handle, const std::string& path,
             std::uint64_t offset = 0, std::uint64_t size = 0);

}  // namespace holdfast::faultfs
