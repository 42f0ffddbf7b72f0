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
  return request;
}

Answer<std::size_t> MemoryDisk::read(Handle& handle, std::uint64_t offset, std::span<std::byte> into) {
  if (!handle.mode.read) return std::unexpected(EBADF);
  Request request = on(handle, Operation::read, offset, into.size());
  request.reaches_device = settings_.reads_reach_device;
  const auto passage = pass(request);
  if (passage.error != 0) return std::unexpected(passage.error);
  const std::size_t got = handle.inode->content.read(offset, into);
  faultfs::apply_damage(passage.damage, offset, into.first(got));
  return got;
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
  if (passage.damage.empty()) {
    inode.content.write(offset, bytes.first(count));
  } else {
    ByteBuffer copy(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    faultfs::apply_damage(passage.damage, offset, copy);
    inode.content.write(offset, copy);
  }
  return count;
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
  injector_.space().truncate(inode.number, size);
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
  while (inode->syncing) kernel_.wait(inode->sync_queue, kNever);
  inode->syncing = true;
  inode->content.begin_sync();
  Request request = on(handle, Operation::fsync);
  request.reaches_device = true;
  const auto passage = pass(request);
  inode->content.end_sync(passage.error == 0);
  inode->syncing = false;
  kernel_.wake_all(inode->sync_queue);
  if (passage.error != 0) return std::unexpected(passage.error);
  ++syncs_;
  return {};
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
