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
  const memory::Allocating outside(nullptr);
  if (number_ != 0) disk_.release(number_);
}

// Its handle is null when the file was closed.
template <class Call>
auto MemoryFile::operation(const char* port_call, Call call) {
  return disk_.kernel_.operation(port_call, [&] { return call(number_ != 0 ? handle_ : nullptr); });
}

Result<std::size_t> MemoryFile::read_at(std::uint64_t offset, std::span<std::byte> into) {
  return operation(
      "File::read_at needs a fiber without locks and exceptions in flight", [&](MemoryDisk::Handle* handle) {
        const auto arguments = digest(digest(number_, offset), into.size());
        Answer<std::size_t> answer = kClosed;
        if (handle != nullptr) answer = disk_.read(*handle, offset, into);
        return Concluding{disk_.kernel_, PortCall::read, arguments, "read", path_}(std::move(answer));
      });
}

Result<std::size_t> MemoryFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  return operation(
      "File::write_at needs a fiber without locks and exceptions in flight", [&](MemoryDisk::Handle* handle) {
        const auto arguments = digest(digest(number_, offset), digest(bytes));
        Answer<std::size_t> answer = kClosed;
        if (handle != nullptr) answer = disk_.write(*handle, offset, bytes);
        return Concluding{disk_.kernel_, PortCall::write, arguments, "write", path_}(std::move(answer));
      });
}

Status MemoryFile::allocate(std::uint64_t offset, std::uint64_t length) {
  return operation(
      "File::allocate needs a fiber without locks and exceptions in flight", [&](MemoryDisk::Handle* handle) {
        const auto arguments = digest(digest(number_, offset), length);
        Answer<void> answer = kClosed;
        if (handle != nullptr) answer = disk_.allocate(*handle, offset, length);
        return Concluding{disk_.kernel_, PortCall::allocate, arguments, "allocate", path_}(answer);
      });
}

Status MemoryFile::truncate(std::uint64_t size) {
  return operation("File::truncate needs a fiber without locks and exceptions in flight",
                   [&](MemoryDisk::Handle* handle) {
                     Answer<void> answer = kClosed;
                     if (handle != nullptr) answer = disk_.truncate(*handle, size);
                     return Concluding{disk_.kernel_, PortCall::truncate, digest(number_, size), "truncate",
                                       path_}(answer);
                   });
}

Result<std::uint64_t> MemoryFile::size() {
  return operation(
      "File::size needs a fiber without locks and exceptions in flight", [&](MemoryDisk::Handle* handle) {
        Answer<std::uint64_t> answer = kClosed;
        if (handle != nullptr) answer = disk_.size(*handle);
        return Concluding{disk_.kernel_, PortCall::size, number_, "stat", path_}(std::move(answer));
      });
}

// Names and times are no part of the model, so both syncs do the same.
Status MemoryFile::sync_data() { return sync(); }

Status MemoryFile::sync() {
  return operation("File::sync needs a fiber without locks and exceptions in flight",
                   [&](MemoryDisk::Handle* handle) {
                     Answer<void> answer = kClosed;
                     if (handle != nullptr) answer = disk_.sync(*handle);
                     return Concluding{disk_.kernel_, PortCall::sync, number_, "sync", path_}(answer);
                   });
}

Result<bool> MemoryFile::try_lock() {
  return operation(
      "File::try_lock needs a fiber without locks and exceptions in flight", [&](MemoryDisk::Handle* handle) {
        Answer<bool> answer = kClosed;
        if (handle != nullptr) answer = disk_.try_lock(number_, *handle);
        return Concluding{disk_.kernel_, PortCall::lock, number_, "lock", path_}(std::move(answer));
      });
}

Status MemoryFile::close() {
  return operation("File::close needs a fiber without locks and exceptions in flight",
                   [&](MemoryDisk::Handle* handle) {
                     const auto number = std::exchange(number_, 0);
                     handle_ = nullptr;
                     Answer<void> answer = kClosed;
                     if (handle != nullptr) answer = disk_.close(number);
                     return Concluding{disk_.kernel_, PortCall::close, number, "close", path_}(answer);
                   });
}

}  // namespace holdfast::world
