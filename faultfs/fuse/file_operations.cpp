// Open files: read, write, sync, allocate, seek, copy, lock, flush.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <vector>

#include "faultfs/fuse/answer_buffer.h"
#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

constexpr Duration kLockRetry = std::chrono::milliseconds(2);

std::span<const std::byte> bytes_of(const char* bytes, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(bytes), size};
}

void do_read(fuse_req_t request, const FileHandle& handle, off_t offset, const Decision& decision) {
  const auto at = static_cast<std::uint64_t>(offset);
  const auto buffer = answer_buffer(decision.granted);
  const ssize_t got = read_whole(handle.descriptor, buffer, at);
  if (got < 0) return answer(request, -1);
  const auto bytes = buffer.first(static_cast<std::size_t>(got));
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

// A write besides its bytes.
struct WriteTo {
  const FileHandle& handle;
  std::string path;
  std::uint64_t offset;
  int synced;         // RWF_SYNC or RWF_DSYNC: answered when it is durable
  bool drops_set_id;  // as the kernel does to a file that somebody without privilege writes
  Time start;
  std::vector<std::byte> meant{};  // by the program, if what arrives is something else
};

// O_SYNC includes the bit of O_DSYNC.
int synced_by(int flags) {
  if ((flags & O_DSYNC) == 0) return 0;
  return (flags & O_SYNC) == O_SYNC ? RWF_SYNC : RWF_DSYNC;
}

// Says that so many bytes are written, and in the sync log that they are durable when they had to be.
void answer_written(fuse_req_t request, const WriteTo& to, std::size_t size) {
  Passthrough::of(request).syncs.wrote(space_id(to.handle.node->key()), to.path, to.offset, size);
  if (to.synced != 0) Passthrough::of(request).syncs.written(to.path, to.offset, to.offset + size, to.start);
  fuse_reply_write(request, size);
}

// All of it, or the pieces that the decision leaves of it.
ssize_t write_accounted(fuse_req_t request, const WriteTo& to, std::span<const std::byte> bytes,
                        const Decision& decision) {
  auto& durability = Passthrough::of(request).durability;
  const std::span<const std::byte> meant = to.meant.empty() ? bytes : to.meant;
  ByteChange change{*to.handle.node, to.path, {}, to.synced != 0, to.offset, meant};
  if (!decision.pieces) {
    const BytePlace place{to.offset, bytes.size()};
    change.places = {&place, 1};
    change.counts = true;
    return durability.change_bytes(
        change, [&] { return write_whole(to.handle.descriptor, bytes, to.offset, to.synced); });
  }
  std::vector<BytePlace> places;
  for (const Piece& piece : *decision.pieces) places.push_back({piece.to, piece.size});
  change.partly = true;
  if (decision.answer != 0) change.meant = {};  // a write that failed promises nothing
  if (decision.answer == 0) places.push_back({to.offset, bytes.size()});  // no sync has promised it yet
  change.places = places;
  return durability.change_bytes(change, [&]() -> ssize_t {
    return write_pieces(to.handle.descriptor, bytes, to.offset, *decision.pieces, to.synced) ? 0 : -1;
  });
}

// Writes what the decision grants, where it says. The bytes are those, damaged already.
void do_write(fuse_req_t request, const WriteTo& to, std::span<const std::byte> bytes,
              const Decision& decision) {
  const FileHandle& handle = to.handle;
  if (to.drops_set_id) drop_set_id(DescriptorPath(handle.node->descriptor()).c_str());
  if (decision.keeps_old)
    Passthrough::of(request).faults.keep_old(
        space_id(handle.node->key()), to.offset,
        bytes_there(DescriptorPath(handle.node->descriptor()).c_str(), to.offset, bytes.size())
            .value_or(std::vector<std::byte>()));
  const ssize_t done = write_accounted(request, to, bytes, decision);
  if (done < 0) {
    answer(request, -1);
  } else if (!decision.pieces) {
    answer_written(request, to, static_cast<std::size_t>(done));
  } else if (decision.answer != 0) {
    fuse_reply_err(request, decision.answer);
  } else {
    answer_written(request, to, bytes.size());
  }
}

void write(fuse_req_t request, fuse_ino_t, const char* bytes, std::size_t size, off_t offset,
           fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const int synced = synced_by(info->flags);
  WriteTo to{handle, fs.nodes.path_of(*handle.node), static_cast<std::uint64_t>(offset),
             synced, fs.channel.drops_set_id(),      synced != 0 ? monotonic_now() : Time{}};
  auto call = call_on(request, Operation::write, handle, to.path, to.offset, size);
  if (fs.faults.needs_file_size(Operation::write)) call.file_size = size_of(handle.descriptor);
  const Power::Hold power_is_on = fs.power.hold();
  if (fs.power.is_dead(handle.number)) return static_cast<void>(fuse_reply_err(request, EIO));
  // Judged by hand: only a write that waits or is damaged needs a copy of its bytes.
  const Judgement judged = fs.faults.judge(call);
  const Decision& decision = judged.decision;
  const auto granted = bytes_of(bytes, decision.granted);
  const bool here = decision.error == 0 && decision.delay.count() == 0 && synced == 0;
  if (here && decision.damage.empty()) return do_write(request, to, granted, decision);
  std::vector<std::byte> copy(granted.begin(), granted.end());
  apply_damage(decision.damage, call.offset, copy);
  if (!decision.damage.empty()) {
    fs.faults.keep_undamaged(call, granted, copy, decision.heals);
    if (fs.durability.on()) to.meant.assign(granted.begin(), granted.end());
  }
  if (here) return do_write(request, to, copy, decision);
  fs.carry_out(request, judged, [request, to = std::move(to), copy = std::move(copy), decision] {
    do_write(request, to, copy, decision);
  });
}

// How it was asked, and what its log says of it.
struct SyncRequest {
  bool data_only;
  std::string path;
  std::uint64_t end;
  Time start;
  std::uint64_t begin;  // Durability::moment(): what is written later it does not cover
};

// The sync failed: what was dirty is taken back, or stays to be seen and is never written.
void lose_dirty(fuse_req_t request, const FileHandle& handle, const SyncRequest& sync,
                const Decision& decision) {
  auto& fs = Passthrough::of(request);
  fs.syncs.given_up(space_id(handle.node->key()), sync.path, sync.end, sync.start);
  if (!decision.reversal.size) {
    fs.durability.given_up(*handle.node, sync.begin, decision.answer != 0);
    fuse_reply_err(request, decision.answer);
    return;
  }
  const DescriptorPath path(handle.node->descriptor());
  const std::uint64_t size = size_of(handle.descriptor);
  const bool done =
      fs.durability.revert(*handle.node, sync.begin, [&] { return revert(path.c_str(), decision.reversal); });
  const int error = done ? decision.answer : errno;
  if (done)
    fs.faults.reverted({space_id(handle.node->key()), size, sync.path, handle.owner}, decision.reversal);
  fs.syncs.truncated(sync.path, *decision.reversal.size);
  fuse_reply_err(request, error);
}

void do_sync(fuse_req_t request, const FileHandle& handle, const SyncRequest& sync,
             const Decision& decision) {
  auto& durability = Passthrough::of(request).durability;
  if (decision.loses_dirty) return lose_dirty(request, handle, sync, decision);
  const int result = sync.data_only ? ::fdatasync(handle.descriptor) : ::fsync(handle.descriptor);
  if (result != 0) return answer(request, result);
  durability.synced(*handle.node, sync.begin);
  Passthrough::of(request).syncs.synced(sync.data_only ? "fdatasync" : "fsync", sync.path, sync.end,
                                        sync.start);
  fuse_reply_err(request, decision.answer);
}

void fsync(fuse_req_t request, fuse_ino_t, int data_only, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const Time start = monotonic_now();
  const auto begin = fs.durability.moment();
  struct stat status {};
  // A rule that meets it may be logged, with the same size whoever else listens.
  if (fs.syncs.on() || fs.faults.may_meet({Operation::fsync})) (void)::fstat(handle.descriptor, &status);
  const auto end = static_cast<std::uint64_t>(status.st_size);
  const auto path = fs.nodes.path_of(*handle.node);
  Call call = call_on(request, Operation::fsync, handle, path, 0, end);
  call.newest_handle = fs.newest_handle();
  const Power::Hold power_is_on = fs.power.hold();
  if (fs.power.is_dead(handle.number)) return static_cast<void>(fuse_reply_err(request, EIO));
  const Judgement judged = fs.faults.judge(call);
  // Nothing since the last good sync may be believed.
  if (judged.decision.error != 0) fs.durability.given_up(*handle.node, begin, true);
  fs.perform_judged(request, judged, fs.place_of_sync(*handle.node),
                    [request, &handle, sync = SyncRequest{data_only != 0, path, end, start, begin}](
                        const Decision& decision) { do_sync(request, handle, sync, decision); });
}

void flush(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  fs.perform(request, call_on(request, Operation::flush, handle, path), Place::here,
             [request, &handle](const Decision&) {
               // What a close has to say the backing file's says; in memory it has nothing to say.
               const bool in_memory = Passthrough::of(request).in_memory(*handle.node);
               answer(request, in_memory ? 0 : ::close(::dup(handle.descriptor)));
             });
}

// What fallocate changes: bytes that become zeros, everything behind the offset, or at most the size.
BytePlace place_of_allocation(int mode, off_t offset, off_t length) {
  const auto at = static_cast<std::uint64_t>(offset);
  if ((mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) != 0) return {.offset = at, .tail = true};
  const bool zeroes = (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) != 0;
  return {at, zeroes ? static_cast<std::uint64_t>(length) : 0};
}

void do_allocate(fuse_req_t request, const FileHandle& handle, int mode, off_t offset, off_t length) {
  auto& fs = Passthrough::of(request);
  const BytePlace place = place_of_allocation(mode, offset, length);
  const std::string path = fs.nodes.path_of(*handle.node);
  answer(request, fs.durability.change_bytes({*handle.node, path, {&place, 1}}, [&] {
    return ::fallocate(handle.descriptor, mode, offset, length);
  }));
}

void fallocate(fuse_req_t request, fuse_ino_t, int mode, off_t offset, off_t length, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(info);
  const auto path = fs.nodes.path_of(*handle.node);
  // Punching and collapsing need no room (and, for now, give none back).
  const bool takes_room = (mode & ~FALLOC_FL_KEEP_SIZE) == 0;
  const auto size = takes_room ? static_cast<std::uint64_t>(length) : 0;
  if (!takes_room) fs.faults.forget_damage(space_id(handle.node->key()));
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

// Judged as a copy, then handed back to the kernel, which copies by reads and writes: so no rule about
// those, and no budget of space, is passed by.
void copy_file_range(fuse_req_t request, fuse_ino_t, off_t, fuse_file_info*, fuse_ino_t, off_t offset,
                     fuse_file_info* into, std::size_t length, int) {
  auto& fs = Passthrough::of(request);
  const FileHandle& handle = *handle_of(into);
  const auto path = fs.nodes.path_of(*handle.node);
  const auto call =
      call_on(request, Operation::copy_file_range, handle, path, static_cast<std::uint64_t>(offset), length);
  fs.perform(request, call, Place::here, [request](const Decision&) { fuse_reply_err(request, EOPNOTSUPP); });
}

// A blocked lock waits on the timer, so it occupies no thread.
void try_lock(fuse_req_t request, const FileHandle& handle, int operation) {
  const int result = ::flock(handle.descriptor, operation | LOCK_NB);
  if (result == 0 || errno != EWOULDBLOCK || (operation & LOCK_NB) != 0) return answer(request, result);
  if (Passthrough::of(request).power.is_dead(handle.number)) {
    fuse_reply_err(request, EIO);
    return;
  }
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
  table.read = read;
  table.write = write;
  table.fsync = fsync;
  table.flush = flush;
  table.fallocate = fallocate;
  table.lseek = lseek;
  table.copy_file_range = copy_file_range;
  table.flock = flock;
}

}  // namespace holdfast::faultfs
