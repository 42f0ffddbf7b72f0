#include "simulator/world/virtual/memory_file.h"

#include <cerrno>
#include <utility>

#include "simulator/world/virtual/disk_conclude.h"

namespace holdfast::world {
namespace {
constexpr auto kClosed = std::unexpected<int>(EBADF);
}

MemoryFile::MemoryFile(MemoryDisk& disk, std::uint64_t handle, std::string path)
    : disk_(disk), number_(handle), handle_(&disk.handles_.at(handle)), path_(std::move(path)) {}

MemoryFile::~MemoryFile() {
  const HarnessScope scope;
  if (number_ != 0) disk_.release(number_);
}

// Null when the file was closed.
MemoryFile::Entered MemoryFile::enter(const char* port_call) {
  return {disk_.kernel_.begin_operation(port_call), number_ != 0 ? handle_ : nullptr};
}

Result<std::size_t> MemoryFile::read_at(std::uint64_t offset, std::span<std::byte> into) {
  const auto [scope, handle] = enter("File::read_at needs a fiber without locks and exceptions in flight");
  const auto arguments = digest(digest(number_, offset), into.size());
  Answer<std::size_t> answer = kClosed;
  if (handle != nullptr) answer = disk_.read(*handle, offset, into);
  return Concluding{disk_.kernel_, PortCall::read, arguments, "read", path_}(std::move(answer));
}

Result<std::size_t> MemoryFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto [scope, handle] = enter("File::write_at needs a fiber without locks and exceptions in flight");
  const auto arguments = digest(digest(number_, offset), digest(bytes));
  Answer<std::size_t> answer = kClosed;
  if (handle != nullptr) answer = disk_.write(*handle, offset, bytes);
  return Concluding{disk_.kernel_, PortCall::write, arguments, "write", path_}(std::move(answer));
}

Status MemoryFile::allocate(std::uint64_t offset, std::uint64_t length) {
  const auto [scope, handle] = enter("File::allocate needs a fiber without locks and exceptions in flight");
  const auto arguments = digest(digest(number_, offset), length);
  Answer<void> answer = kClosed;
  if (handle != nullptr) answer = disk_.allocate(*handle, offset, length);
  return Concluding{disk_.kernel_, PortCall::allocate, arguments, "allocate", path_}(answer);
}

Status MemoryFile::truncate(std::uint64_t size) {
  const auto [scope, handle] = enter("File::truncate needs a fiber without locks and exceptions in flight");
  Answer<void> answer = kClosed;
  if (handle != nullptr) answer = disk_.truncate(*handle, size);
  return Concluding{disk_.kernel_, PortCall::truncate, digest(number_, size), "truncate", path_}(answer);
}

Result<std::uint64_t> MemoryFile::size() {
  const auto [scope, handle] = enter("File::size needs a fiber without locks and exceptions in flight");
  Answer<std::uint64_t> answer = kClosed;
  if (handle != nullptr) answer = disk_.size(*handle);
  return Concluding{disk_.kernel_, PortCall::size, number_, "stat", path_}(std::move(answer));
}

// Names and times are no part of the model, so both syncs do the same.
Status MemoryFile::sync_data() { return sync(); }

Status MemoryFile::sync() {
  const auto [scope, handle] = enter("File::sync needs a fiber without locks and exceptions in flight");
  Answer<void> answer = kClosed;
  if (handle != nullptr) answer = disk_.sync(*handle);
  return Concluding{disk_.kernel_, PortCall::sync, number_, "sync", path_}(answer);
}

Result<bool> MemoryFile::try_lock() {
  const auto [scope, handle] = enter("File::try_lock needs a fiber without locks and exceptions in flight");
  Answer<bool> answer = kClosed;
  if (handle != nullptr) answer = disk_.try_lock(number_, *handle);
  return Concluding{disk_.kernel_, PortCall::lock, number_, "lock", path_}(std::move(answer));
}

Status MemoryFile::close() {
  const auto [scope, handle] = enter("File::close needs a fiber without locks and exceptions in flight");
  const auto number = std::exchange(number_, 0);
  handle_ = nullptr;
  Answer<void> answer = kClosed;
  if (handle != nullptr) answer = disk_.close(number);
  return Concluding{disk_.kernel_, PortCall::close, number, "close", path_}(answer);
}

}  // namespace holdfast::world
