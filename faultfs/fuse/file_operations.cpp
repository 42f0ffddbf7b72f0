// Open files: create, open, read, write, sync, allocate, seek, lock, close.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <vector>

#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

constexpr Duration kLockRetry = std::chrono::milliseconds(2);

// Flags for the backing file. Truncation arrives as a request of its own; offsets of appending
// writes come from the kernel, which knows the size; buffers are ours, so not aligned for O_DIRECT.
int backing_flags(int flags) {
  constexpr int kDropped = O_TRUNC | O_APPEND | O_DIRECT | O_NOFOLLOW | O_CREAT | O_EXCL;
  return (flags & ~kDropped) | O_CLOEXEC | O_NOCTTY;
}

void attach(Passthrough& fs, fuse_file_info* info, int descriptor, NodePtr node) {
  const bool writes = (info->flags & O_ACCMODE) != O_RDONLY;
  struct stat status {};
  if (writes && ::fstat(descriptor, &status) == 0) {
    fs.faults.adopt(space_id(node->key()), static_cast<std::uint64_t>(status.st_size));
  }
  fs.nodes.handle_opened(*node);
  const bool syncs = writes && (info->flags & O_DSYNC) != 0;  // O_SYNC includes its bit
  info->fh = reinterpret_cast<std::uint64_t>(
      new FileHandle{descriptor, std::move(node), syncs, info->flags, fs.next_handle()});
  info->direct_io = 1;
  info->keep_cache = 0;
}

// Closes; gives the blocks back when this was the last handle of a file without a name.
void detach(Passthrough& fs, FileHandle* handle) {
  struct stat status {};
  const bool nameless = ::fstat(handle->descriptor, &status) == 0 && status.st_nlink == 0;
  const bool last = fs.nodes.handle_closed(*handle->node);
  ::close(handle->descriptor);
  if (nameless && last) fs.faults.removed(space_id(handle->node->key()));
  delete handle;
}

void do_open(fuse_req_t request, NodePtr node, fuse_file_info info) {
  const int descriptor = ::open(DescriptorPath(node->descriptor()).c_str(), backing_flags(info.flags));
  if (descriptor < 0) return answer(request, -1);
  auto& fs = Passthrough::of(request);
  attach(fs, &info, descriptor, std::move(node));
  // The caller was killed meanwhile: no release will come.
  if (fuse_reply_open(request, &info) != 0) detach(fs, handle_of(&info));
}

void open(fuse_req_t request, fuse_ino_t id, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  Call call = call_of(request, Operation::open, path);
  call.for_writing = (info->flags & O_ACCMODE) != O_RDONLY || (info->flags & O_TRUNC) != 0;
  call.open_flags = info->flags;
  fs.perform(request, call, Place::here, [request, node = std::move(node), info = *info](const Decision&) {
    do_open(request, node, info);
  });
}

struct Creation {
  NodePtr parent;
  std::string name;
  std::string path;
  mode_t mode;
  fuse_file_info info;
};

void give_to_caller(fuse_req_t request, const Creation& creation, int descriptor) {
  const fuse_ctx* caller = fuse_req_ctx(request);
  if (::geteuid() != 0 || (caller->uid == 0 && caller->gid == 0)) return;
  struct stat directory {};
  const bool inherits =
      ::fstat(creation.parent->descriptor(), &directory) == 0 && (directory.st_mode & S_ISGID) != 0;
  (void)::fchown(descriptor, caller->uid, inherits ? static_cast<gid_t>(-1) : caller->gid);
}

void do_create(fuse_req_t request, const Creation& creation) {
  auto& fs = Passthrough::of(request);
  const int flags = backing_flags(creation.info.flags) | O_NOFOLLOW | O_CREAT;
  // Exclusive first, so that it is known whether the name is new.
  int descriptor =
      ::openat(creation.parent->descriptor(), creation.name.c_str(), flags | O_EXCL, creation.mode);
  const bool is_new = descriptor >= 0;
  if (!is_new && errno == EEXIST && (creation.info.flags & O_EXCL) == 0) {
    descriptor = ::openat(creation.parent->descriptor(), creation.name.c_str(), flags, creation.mode);
  }
  if (descriptor < 0) return answer(request, -1);
  if (is_new) {
    give_to_caller(request, creation, descriptor);
    fs.faults.made_inode();
    fs.syncs.named("create", creation.path);
  }
  fuse_entry_param entry{};
  const auto node = fs.nodes.enter(creation.parent, creation.name.c_str(), entry.attr);
  if (!node) {
    ::close(descriptor);
    fuse_reply_err(request, node.error());
    return;
  }
  entry.ino = fs.nodes.id_of(**node);
  entry.attr_timeout = kAttributeTimeout;
  entry.entry_timeout = kEntryTimeout;
  fuse_file_info info = creation.info;
  attach(fs, &info, descriptor, *node);
  if (fuse_reply_create(request, &entry, &info) == 0) return;
  detach(fs, handle_of(&info));
  fs.nodes.forget(entry.ino, 1);
}

void create(fuse_req_t request, fuse_ino_t parent_id, const char* name, mode_t mode, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  Creation creation{fs.nodes.at(parent_id), name, {}, mode, *info};
  creation.path = fs.nodes.path_of(*creation.parent, name);
  const std::string path = creation.path;
  Call call = call_of(request, Operation::create, path);
  call.exclusive = (info->flags & O_EXCL) != 0;
  call.open_flags = info->flags;
  fs.perform(request, call, Place::here,
             [request, creation = std::move(creation)](const Decision&) { do_create(request, creation); });
}

// A call on an open file, with where and how much.
Call call_on(fuse_req_t request, Operation operation, const FileHandle& handle, const std::string& path,
             std::uint64_t offset = 0, std::uint64_t size = 0) {
  Call call = call_of(request, operation, path);
  call.offset = offset;
  call.size = size;
  call.inode = space_id(handle.node->key());
  call.open_flags = handle.open_flags;
  return call;
}

std::span<const std::byte> bytes_of(const char* bytes, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(bytes), size};
}

void do_read(fuse_req_t request, const FileHandle& handle, off_t offset, const Decision& decision) {
  thread_local std::vector<std::byte> buffer;  // grows to the largest read of its thread
  if (buffer.size() < decision.granted) buffer.resize(decision.granted);
  const auto at = static_cast<std::uint64_t>(offset);
  const ssize_t got = read_whole(handle.descriptor, std::span(buffer).first(decision.granted), at);
  if (got < 0) return answer(request, -1);
  const auto bytes = std::span(buffer).first(static_cast<std::size_t>(got));
  apply_old(decision.stale, at, bytes);
  apply_damage(decision.damage, at, bytes);
  fuse_reply_buf(request, reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::uint64_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void read(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  Call call = call_on(request, Operation::read, handle, path, static_cast<std::uint64_t>(offset), size);
  if (fs.faults.needs_file_size(Operation::read)) call.file_size = size_of(handle.descriptor);
  fs.perform(request, call, Place::here, [request, &handle, offset](const Decision& decision) {
    do_read(request, handle, offset, decision);
  });
}

// Writes what the decision grants, where it says. The bytes are those, damaged already.
void do_write(fuse_req_t request, const FileHandle& handle, std::span<const std::byte> bytes, off_t offset,
              const Decision& decision) {
  const auto at = static_cast<std::uint64_t>(offset);
  if (decision.keeps_old)
    Passthrough::of(request).faults.keep_old(
        space_id(handle.node->key()), at,
        bytes_there(DescriptorPath(handle.node->descriptor()).c_str(), at, bytes.size()));
  if (!decision.pieces) {
    const ssize_t done = write_whole(handle.descriptor, bytes, at);
    if (done < 0) return answer(request, -1);
    fuse_reply_write(request, static_cast<std::size_t>(done));
  } else if (!write_pieces(handle.descriptor, bytes, at, *decision.pieces)) {
    answer(request, -1);
  } else if (decision.answer != 0) {
    fuse_reply_err(request, decision.answer);
  } else {
    fuse_reply_write(request, bytes.size());
  }
}

void write(fuse_req_t request, fuse_ino_t, const char* bytes, std::size_t size, off_t offset,
           fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  auto call = call_on(request, Operation::write, handle, path, static_cast<std::uint64_t>(offset), size);
  if (fs.faults.needs_file_size(Operation::write)) call.file_size = size_of(handle.descriptor);
  // Judged by hand: only a write that waits or is damaged needs a copy of its bytes.
  const Judgement judged = fs.faults.judge(call);
  const Decision& decision = judged.decision;
  const auto granted = bytes_of(bytes, decision.granted);
  const bool here = decision.error == 0 && decision.delay.count() == 0 && !handle.syncs_writes;
  if (here && decision.damage.empty()) return do_write(request, handle, granted, offset, decision);
  std::vector<std::byte> copy(granted.begin(), granted.end());
  apply_damage(decision.damage, call.offset, copy);
  if (here) return do_write(request, handle, copy, offset, decision);
  fs.carry_out(request, judged, [request, &handle, copy = std::move(copy), offset, decision] {
    do_write(request, handle, copy, offset, decision);
  });
}

// How it was asked, and what its log says of it.
struct SyncRequest {
  bool data_only;
  std::string path;
  std::uint64_t end;
  Time start;
};

void do_sync(fuse_req_t request, const FileHandle& handle, const SyncRequest& sync,
             const Decision& decision) {
  if (decision.loses_dirty) {
    const bool done = revert(DescriptorPath(handle.node->descriptor()).c_str(), decision.reversal);
    fuse_reply_err(request, done ? decision.answer : errno);
    return;
  }
  const int result = sync.data_only ? ::fdatasync(handle.descriptor) : ::fsync(handle.descriptor);
  if (result != 0) return answer(request, result);
  Passthrough::of(request).syncs.synced(sync.data_only ? "fdatasync" : "fsync", sync.path, sync.end,
                                        sync.start);
  fuse_reply_err(request, decision.answer);
}

void fsync(fuse_req_t request, fuse_ino_t, int data_only, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const Time start = monotonic_now();
  struct stat status {};
  if (fs.syncs.on()) (void)::fstat(handle.descriptor, &status);
  const auto end = static_cast<std::uint64_t>(status.st_size);
  const auto path = fs.nodes.path_of(*handle.node);
  Call call = call_on(request, Operation::fsync, handle, path, 0, end);
  call.handle = handle.number;
  call.newest_handle = fs.newest_handle();
  fs.perform(request, call, Place::worker,
             [request, &handle, sync = SyncRequest{data_only != 0, path, end, start}](
                 const Decision& decision) { do_sync(request, handle, sync, decision); });
}

void flush(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  fs.perform(request, call_on(request, Operation::flush, handle, path), Place::here,
             [request, &handle](const Decision&) { answer(request, ::close(::dup(handle.descriptor))); });
}

void release(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  FileHandle* handle = handle_of(info);
  const auto path = fs.nodes.path_of(*handle->node);
  // Nobody hears an error of release, but a rule may delay it or log it. The handle goes in any case.
  Judgement judged = fs.faults.judge(call_on(request, Operation::release, *handle, path));
  judged.decision.error = 0;
  const auto close_it = [request, handle] {
    detach(Passthrough::of(request), handle);
    fuse_reply_err(request, 0);
  };
  if (judged.decision.delay.count() == 0) return close_it();
  fs.carry_out(request, judged, close_it);
}

void do_allocate(fuse_req_t request, const FileHandle& handle, int mode, off_t offset, off_t length) {
  answer(request, ::fallocate(handle.descriptor, mode, offset, length));
}

void fallocate(fuse_req_t request, fuse_ino_t, int mode, off_t offset, off_t length, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  // Punching and collapsing need no room (and, for now, give none back).
  const bool takes_room = (mode & ~FALLOC_FL_KEEP_SIZE) == 0;
  const auto size = takes_room ? static_cast<std::uint64_t>(length) : 0;
  const auto call =
      call_on(request, Operation::fallocate, handle, path, static_cast<std::uint64_t>(offset), size);
  fs.perform(request, call, Place::worker, [request, &handle, mode, offset, length](const Decision&) {
    do_allocate(request, handle, mode, offset, length);
  });
}

void lseek(fuse_req_t request, fuse_ino_t, off_t offset, int whence, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  const auto call = call_on(request, Operation::lseek, handle, path, static_cast<std::uint64_t>(offset));
  fs.perform(request, call, Place::here, [request, &handle, offset, whence](const Decision&) {
    const off_t found = ::lseek(handle.descriptor, offset, whence);
    if (found < 0) return answer(request, -1);
    fuse_reply_lseek(request, found);
  });
}

// A blocked lock waits on the timer, so it occupies no thread.
void try_lock(fuse_req_t request, const FileHandle& handle, int operation) {
  const int result = ::flock(handle.descriptor, operation | LOCK_NB);
  if (result == 0 || errno != EWOULDBLOCK || (operation & LOCK_NB) != 0) return answer(request, result);
  if (fuse_req_interrupted(request) != 0 || Passthrough::of(request).settling()) {
    fuse_reply_err(request, EINTR);
    return;
  }
  Passthrough::of(request).retry_later(
      request, kLockRetry, [request, &handle, operation] { try_lock(request, handle, operation); });
}

// Whole-file locks live on the backing file; POSIX record locks the kernel keeps by itself, which is
// right for every program on this mount.
void flock(fuse_req_t request, fuse_ino_t, fuse_file_info* info, int operation) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  fs.perform(request, call_on(request, Operation::lock, handle, path), Place::here,
             [request, &handle, operation](const Decision&) { try_lock(request, handle, operation); });
}

}  // namespace

void add_file_operations(fuse_lowlevel_ops& table) {
  table.create = create;
  table.open = open;
  table.read = read;
  table.write = write;
  table.fsync = fsync;
  table.flush = flush;
  table.release = release;
  table.fallocate = fallocate;
  table.lseek = lseek;
  table.flock = flock;
}

}  // namespace holdfast::faultfs
