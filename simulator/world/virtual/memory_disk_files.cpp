// The operations of the memory disk on an open file.
#include <algorithm>
#include <cerrno>
#include <utility>

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
    const auto passage = pass(on(handle, Operation::read, offset + total, into.size() - total));
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
  const auto passage = pass(on(handle, Operation::write, offset, fits));
  if (passage.error != 0) return std::unexpected(passage.error);
  auto count = passage.granted;
  if (limited) count = capacity_.write(inode.number, offset, count);
  if (count == 0 && !bytes.empty()) return std::unexpected(ENOSPC);
  bytes = bytes.first(count);
  if (passage.keeps_old) injector_.keep_old(inode.number, offset, old_bytes(inode, offset, count));
  ByteBuffer damaged;
  if (!passage.damage.empty()) bytes = damaged = damaged_bytes(inode, offset, bytes, passage);
  passage.pieces ? write_pieces(inode, offset, bytes, passage) : write_whole(inode, offset, bytes);
  if (passage.answer != 0) return std::unexpected(passage.answer);
  return count;
}

ByteBuffer MemoryDisk::damaged_bytes(const Inode& inode, std::uint64_t offset, Bytes bytes,
                                     const faultfs::Decision& passage) {
  ByteBuffer damaged(bytes.begin(), bytes.end());
  faultfs::apply_damage(passage.damage, offset, damaged);
  injector_.keep_undamaged(inode.number, offset, bytes, damaged, passage.heals);
  return damaged;
}

void MemoryDisk::write_whole(Inode& inode, std::uint64_t offset, Bytes bytes) {
  if (bytes.empty()) return;
  ledger_.wrote(as_known(inode), offset, bytes.size(), old_bytes(inode, offset, bytes.size()),
                inode.content.size());
  inode.content.write(offset, bytes);
  settle_when_crowded();
}

// Of what others wrote meanwhile nothing is cut off, and what does not fit any more does not arrive. What was
// lost in silence no sync has promised yet.
void MemoryDisk::write_pieces(Inode& inode, std::uint64_t offset, Bytes bytes,
                              const faultfs::Decision& passage) {
  std::vector<faultfs::BytePlace> places;
  std::vector<Bytes> pieces;
  for (const faultfs::Piece& piece : *passage.pieces) {
    const Bytes there = bytes.subspan(std::min<std::size_t>(piece.offset - offset, bytes.size()));
    pieces.push_back(there.first(std::min<std::size_t>(piece.size, there.size())));
    places.push_back({piece.to, pieces.back().size()});
  }
  if (passage.answer == 0) places.push_back({offset, bytes.size()});
  change_places(inode, places, [&] {
    for (std::size_t i = 0; i < pieces.size(); ++i) inode.content.write(places[i].offset, pieces[i]);
    const std::uint64_t end = offset + bytes.size();
    if (inode.content.size() < end) inode.content.truncate(end);
  });
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
  if (const auto end = offset + length; end > inode.content.size())
    change_places(inode, {}, [&] { inode.content.truncate(end); });
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
  const faultfs::BytePlace place{.offset = size, .tail = true};
  change_places(inode, {&place, 1}, [&] { inode.content.truncate(size); });
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
  while (inode->sync) kernel_.wait(inode->sync_queue, kNever);
  inode->sync = Sync{.handle = handle.number, .begin = ledger_.moment()};
  inode->sync->decision = decide(on(handle, Operation::fsync));
  wait_for(inode->sync->decision);
  inode->sync->arrives = after_device(Operation::fsync);
  kernel_.sleep_until(*inode->sync->arrives);
  const faultfs::Decision decision = end_sync(*inode);
  if (decision.error != 0) return std::unexpected(decision.error);
  if (decision.answer != 0) return std::unexpected(decision.answer);
  ++syncs_;
  return {};
}

// What is written no sync has promised; what a failed one gave up none will.
faultfs::Decision MemoryDisk::end_sync(Inode& inode) {
  const Sync sync = *std::exchange(inode.sync, std::nullopt);
  const faultfs::Decision& decision = sync.decision;
  if (decision.reversal.size) {
    revert(inode, decision.reversal);
    ledger_.reverted(inode.number, sync.begin);
  } else if (decision.error != 0 || decision.loses_dirty) {
    ledger_.given_up(inode.number, sync.begin, decision.error != 0 || decision.answer != 0);
  } else {
    ledger_.synced(inode.number, sync.begin);
  }
  kernel_.wake_all(inode.sync_queue);
  return decision;
}

void MemoryDisk::revert(Inode& inode, const faultfs::Reversal& reversal) {
  for (const faultfs::OldBytes& old : reversal.writes) {
    inode.content.write(old.offset, old.bytes);
    capacity_.occupy(inode.number, old.offset, old.bytes.size());
  }
  inode.content.truncate(*reversal.size);
  capacity_.truncate(inode.number, *reversal.size);
  if (const auto path = within_mount(path_of(inode))) injector_.reverted(inode.number, *path, reversal);
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
