// Open directories: opendir, readdir, fsyncdir, releasedir.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

void do_opendir(fuse_req_t request, NodePtr node, fuse_file_info info) {
  const int descriptor = ::openat(node->descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
  if (stream == nullptr) {
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    fuse_reply_err(request, error);
    return;
  }
  auto& fs = Passthrough::of(request);
  auto* directory =
      fs.handles.add(std::make_unique<DirectoryHandle>(stream, std::move(node), fs.next_handle()));
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

// The entry to answer next; null at the end (errno 0) or on an error.
const dirent* next_entry(DirectoryHandle& directory) {
  if (directory.held == nullptr) {
    errno = 0;
    directory.held = ::readdir(directory.stream);
  }
  return directory.held;
}

void do_readdir(fuse_req_t request, DirectoryHandle& directory, std::size_t size, off_t offset) {
  const std::lock_guard lock(directory.mutex);
  if (offset != directory.offset) {
    if (offset == 0) {
      ::rewinddir(directory.stream);
    } else {
      ::seekdir(directory.stream, offset);
    }
    directory.held = nullptr;
    directory.offset = offset;
  }
  std::vector<char> answer(size);
  std::size_t used = 0;
  int error = 0;
  for (;;) {
    const dirent* entry = next_entry(directory);
    if (entry == nullptr) {
      error = errno;
      break;
    }
    struct stat status {};
    status.st_ino = entry->d_ino;
    status.st_mode = static_cast<mode_t>(entry->d_type) << 12;
    const std::size_t needs =
        fuse_add_direntry(request, answer.data() + used, size - used, entry->d_name, &status, entry->d_off);
    if (needs > size - used) break;
    used += needs;
    directory.offset = entry->d_off;
    directory.held = nullptr;
  }
  // What was read before an error is told first; the error comes with the next call.
  if (error != 0 && used == 0) {
    fuse_reply_err(request, error);
  } else {
    fuse_reply_buf(request, answer.data(), used);
  }
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
               const int descriptor = ::dirfd(directory.stream);
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
