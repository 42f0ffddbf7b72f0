// What an open file or directory is to the daemon: a descriptor of its own, and its node.
//
//   FileHandle* handle = fs.handles.add(std::make_unique<FileHandle>(descriptor, node, info->flags, ...));
//   handle_of(info)->descriptor
//   fs.handles.remove(handle_of(info));          // closes
//
// Added by open and create, removed by release; the kernel sends release after every other request
// on the handle was answered, so no operation outlives its handle. It sends none for what is open when the
// mount ends: that goes with the mount.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <mutex>

#include "faultfs/fuse/listing.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {

struct FileHandle {
  int descriptor;
  NodePtr node;
  int open_flags;        // as the program gave them
  std::uint64_t number;  // in order of opening
  std::uint32_t owner;   // of the file, when it was opened
  bool backed = false;   // the kernel has the backing file

  FileHandle(int opened, NodePtr of, int flags, std::uint64_t nth, std::uint32_t owned_by)
      : descriptor(opened), node(std::move(of)), open_flags(flags), number(nth), owner(owned_by) {}
  ~FileHandle() { ::close(descriptor); }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
};

struct DirectoryHandle {
  Listing listing;
  NodePtr node;
  std::uint64_t number;  // in order of opening, files among them
  std::mutex mutex{};    // a delayed readdir runs beside an undelayed one
};

inline FileHandle* handle_of(const fuse_file_info* info) { return reinterpret_cast<FileHandle*>(info->fh); }
inline DirectoryHandle* directory_of(const fuse_file_info* info) {
  return reinterpret_cast<DirectoryHandle*>(info->fh);
}

// A call on an open file, with where and how much. The path must outlive the call.
Call call_on(fuse_req_t request, Operation operation, const FileHandle& handle, const std::string& path,
             std::uint64_t offset = 0, std::uint64_t size = 0);

}  // namespace holdfast::faultfs
