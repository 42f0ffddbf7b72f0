// The operations of the memory disk on an open file.
#include <algorithm>
#include <cerrno>

#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::world {

using faultfs::Operation;

MemoryDisk::Request MemoryDisk::on(Handle& handle, Operation operation, std::uint64_t offset,
                                   std::uint64_t size) {
  Request request{operation, path_of(*handle.inode), handle.inode.get(), offset, size};
  request.mode = handle.mode;
  request.handle = handle.number;
  return request;
}

// A short read is asked again for the rest, as the port promises and the real one does.
Answer<std::size_t> MemoryDisk::read(Handle& handle, std::uint64_t offset, std::span<std::byte> into) {
  if (!handle.mode.read) return std::unexpected(EBADF);
  std::size_t total = 0;
  for (bool is_short = true; is_short;) {
    Request request = on(handle, Operation::read, offset + total, into.size() - total);
    request.reaches_device = settings_.reads_reach_device;
    const auto passage = pass(request);
    if (passage.error != 0) return std::unexpected(passage.error);
    const auto part = into.subspan(total, passage.granted);
    const std::size_t got = handle.inode->content.read(offset + total, part);
    faultfs::apply_old(passage.stale, offset + total, part.first(got));
    faultfs::apply_damage(passage.damage, offset + total, part.first(got));
    total += got;
    is_short = passage.shortened && got > 0;
  }
  return total;
}

// Room is found twice: what the disk has, before asking (a plan must not account for bytes that do
// not fit anyway), and again once it was let pass, since others may have written meanwhile.
Answer<std::size_t> MemoryDisk::write(Handle& handle, std::uint64_t offset, Bytes bytes) {
  if (!handle.mode.write) return std::unexpected(EBADF);
  Inode& inode = *handle.inode;
  const bool limited = within_mount(path_of(inode)).has_value();
  const auto fits = limited ? capacity_.fitting(inode.number, offset, bytes.size()) : bytes.size();
  Request request = on(handle, Operation::write, offset, fits);
  request.reaches_device = settings_.writes_reach_device;
  const auto passage = pass(request);
  if (passage.error != 0) return std::unexpected(passage.error);
  auto count = passage.granted;
  if (limited) count = capacity_.write(inode.number, offset, count);
  if (count == 0 && !bytes.empty()) return std::unexpected(ENOSPC);
  if (passage.keeps_old) keep_old(inode, offset, count);
  ByteBuffer damaged;
  bytes = bytes.first(count);
  if (!passage.damage.empty()) {
    damaged.assign(bytes.begin(), bytes.end());
    faultfs::apply_damage(passage.damage, offset, damaged);
    injector_.keep_undamaged(inode.number, offset, bytes, damaged, passage.heals);
    bytes = damaged;
  }
  if (!passage.pieces) {
    inode.content.write(offset, bytes);
    return count;
  }
  write_pieces(inode, offset, bytes, *passage.pieces);
  if (passage.answer != 0) return std::unexpected(passage.answer);
  return count;
}

void MemoryDisk::keep_old(const Inode& inode, std::uint64_t offset, std::uint64_t size) {
  ByteBuffer old(size);
  old.resize(inode.content.read(offset, old));
  injector_.keep_old(inode.number, offset, old);
}

// Of what others wrote meanwhile nothing is cut off, and what does not fit any more does not arrive.
void MemoryDisk::write_pieces(Inode& inode, std::uint64_t offset, Bytes bytes,
                              const std::vector<faultfs::Piece>& pieces) {
  for (const faultfs::Piece& piece : pieces) {
    const std::uint64_t begin = piece.offset - offset;
    if (begin >= bytes.size()) break;
    const auto size = std::min<std::uint64_t>(piece.size, bytes.size() - begin);
    inode.content.write(piece.to, bytes.subspan(begin, size));
  }
  const std::uint64_t end = offset + bytes.size();
  if (inode.content.size() < end) inode.content.truncate(end);
}

Answer<void> MemoryDisk::allocate(Handle& handle, std::uint64_t offset, std::uint64_t length) {
  if (!handle.mode.write) return std::unexpected(EBADF);
  if (length == 0) return std::unexpected(EINVAL);
  Inode& inode = *handle.inode;
  const bool limited = within_mount(path_of(inode)).has_value();
  if (limited && capacity_.fitting(inode.number, offset, length) < length) return std::unexpected(ENOSPC);
  const auto passage = pass(on(handle, Operation::fallocate, offset, length));
  if (passage.error != 0) return std::unexpected(passage.error);
  if (limited && !capacity_.allocate(inode.number, offset, length)) return std::unexpected(ENOSPC);
  if (offset + length > inode.content.size()) inode.content.truncate(offset + length);
  return {};
}

Answer<void> MemoryDisk::truncate(Handle& handle, std::uint64_t size) {
  if (!handle.mode.write) return std::unexpected(EINVAL);
  Inode& inode = *handle.inode;
  Request request = on(handle, Operation::truncate, 0, size);
  request.by_handle = true;
  const auto passage = pass(request);
  if (passage.error != 0) return std::unexpected(passage.error);
  cut(inode, size);
  return {};
}

void MemoryDisk::cut(Inode& inode, std::uint64_t size) {
  inode.content.truncate(size);
  if (const auto path = within_mount(path_of(inode))) injector_.truncate(inode.number, *path, size);
  capacity_.truncate(inode.number, size);
}

Answer<std::uint64_t> MemoryDisk::size(Handle& handle) {
  const auto passage = pass(on(handle, Operation::getattr));
  if (passage.error != 0) return std::unexpected(passage.error);
  return handle.inode->content.size();
}

// One sync of a file at a time, as the kernel's own lock has it.
Answer<void> MemoryDisk::sync(Handle& handle) {
  const InodePtr inode = handle.inode;
  while (under_way_.contains(inode->number)) kernel_.wait(inode->sync_queue, kNever);
  inode->content.begin_sync();
  Request request = on(handle, Operation::fsync);
  request.reaches_device = true;
  auto& sync = under_way_[inode->number] = {inode, handle.node, next_sync_++, decide(request)};
  const Duration delay = sync.decision.delay;
  sync.due = kernel_.now() + delay + device_time(request);
  take_time(delay, device_time(request));
  const auto passage = end_sync(*inode);
  if (passage.error != 0) return std::unexpected(passage.error);
  if (passage.answer != 0) return std::unexpected(passage.answer);
  ++syncs_;
  return {};
}

faultfs::Decision MemoryDisk::end_sync(Inode& inode) {
  const auto passage = std::move(under_way_.extract(inode.number).mapped().decision);
  inode.content.end_sync(passage.error == 0 && !passage.loses_dirty);
  revert(inode, passage.reversal);
  kernel_.wake_all(inode.sync_queue);
  return passage;
}

void MemoryDisk::orphan_syncs(NodeId node) {
  for (auto& [inode, sync] : under_way_) {
    if (sync.node != node || sync.orphaned) continue;
    sync.orphaned = true;
    kernel_.at(sync.due, [this, inode, number = sync.number] {
      const auto found = under_way_.find(inode);
      if (found != under_way_.end() && found->second.number == number)
        end_sync(*InodePtr(found->second.inode));
    });
  }
}

void MemoryDisk::revert(Inode& inode, const faultfs::Reversal& reversal) {
  for (const faultfs::OldBytes& old : reversal.writes) inode.content.write(old.offset, old.bytes);
  if (reversal.size) cut(inode, *reversal.size);
}

Answer<bool> MemoryDisk::try_lock(std::uint64_t number, Handle& handle) {
  const auto passage = pass(on(handle, Operation::lock));
  if (passage.error != 0) return std::unexpected(passage.error);
  auto& owner = handle.inode->locked_by;
  if (owner != 0 && owner != number) return false;
  owner = number;
  return true;
}

// Whatever the answer, the descriptor is free afterwards.
Answer<void> MemoryDisk::close(std::uint64_t number) {
  const auto passage = pass(on(handles_.at(number), Operation::flush));
  release(number);
  if (passage.error != 0) return std::unexpected(passage.error);
  return {};
}

}  // namespace holdfast::world
