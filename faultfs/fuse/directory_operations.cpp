// Open directories: opendir, readdir, fsyncdir, releasedir.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "faultfs/fuse/answer_buffer.h"
#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

void do_opendir(fuse_req_t request, NodePtr node, fuse_file_info info) {
  Descriptor descriptor(::openat(node->descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) return answer(request, -1);
  auto& fs = Passthrough::of(request);
  auto* directory = fs.handles.add(
      std::make_unique<DirectoryHandle>(Listing(std::move(descriptor)), std::move(node), fs.next_handle()));
  info.fh = reinterpret_cast<std::uint64_t>(directory);
  // Whether what is kept is still right the kernel asks by the directory's time of change.
  info.cache_readdir = info.keep_cache = fs.leases_listings() ? 1 : 0;
  if (fuse_reply_open(request, &info) != 0) fs.handles.remove(directory);
}

void opendir(fuse_req_t request, fuse_ino_t id, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(
      request, call_of(request, Operation::opendir, path), Place::here,
      [request, node = std::move(node), info = *info](const Decision&) { do_opendir(request, node, info); });
}

void do_readdir(fuse_req_t request, DirectoryHandle& directory, std::size_t size, off_t offset) {
  const std::lock_guard lock(directory.mutex);
  const auto bytes = answer_buffer(size);
  const ssize_t used = directory.listing.fill(bytes, offset);
  if (used < 0) return answer(request, -1);
  fuse_reply_buf(request, reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(used));
}

void readdir(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  DirectoryHandle& directory = *directory_of(info);
  const auto path = fs.nodes.path_of(*directory.node);
  Call call = call_of(request, Operation::readdir, path);
  call.offset = static_cast<std::uint64_t>(offset);
  call.size = size;
  call.handle = directory.number;
  fs.perform(request, call, Place::here, [request, &directory, size, offset](const Decision&) {
    do_readdir(request, directory, size, offset);
  });
}

void fsyncdir(fuse_req_t request, fuse_ino_t, int data_only, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  DirectoryHandle& directory = *directory_of(info);
  const Time start = monotonic_now();
  const auto path = fs.nodes.path_of(*directory.node);
  const auto begin = fs.durability.moment();
  Call call = call_of(request, Operation::fsyncdir, path);
  call.handle = directory.number;
  fs.perform(request, call, fs.place_of_sync(*directory.node),
             [request, &directory, data_only, path, start, begin](const Decision&) {
               auto& owner = Passthrough::of(request);
               const int descriptor = directory.listing.descriptor();
               const int result = data_only != 0 ? ::fdatasync(descriptor) : ::fsync(descriptor);
               const int error = result == 0 ? 0 : errno;
               if (error == 0) owner.durability.directory_synced(*directory.node, begin);
               if (error == 0) owner.syncs.directory_synced(path, start);
               fuse_reply_err(request, error);
             });
}

void releasedir(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  DirectoryHandle* directory = directory_of(info);
  const auto path = fs.nodes.path_of(*directory->node);
  Judgement judged = fs.faults.judge(call_of(request, Operation::releasedir, path));
  judged.decision.error = 0;  // nobody would hear it
  const auto close_it = [request, directory] {
    Passthrough::of(request).handles.remove(directory);
    fuse_reply_err(request, 0);
  };
  if (judged.decision.delay.count() == 0) return close_it();
  fs.carry_out_in_any_case(request, judged, close_it);
}

}  // namespace

void add_directory_operations(fuse_lowlevel_ops& table) {
  table.opendir = opendir;
  table.readdir = readdir;
  table.fsyncdir = fsyncdir;
  table.releasedir = releasedir;
}

}  // namespace holdfast::faultfs
