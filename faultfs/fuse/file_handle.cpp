#include "faultfs/fuse/file_handle.h"

namespace holdfast::faultfs {

Call call_on(fuse_req_t request, Operation operation, const FileHandle& handle, const std::string& path,
             std::uint64_t offset, std::uint64_t size) {
  Call call = call_of(request, operation, path);
  call.offset = offset;
  call.size = size;
  call.inode = space_id(handle.node->key());
  call.open_flags = handle.open_flags;
  call.owner = handle.owner;
  call.handle = handle.number;
  return call;
}

}  // namespace holdfast::faultfs
