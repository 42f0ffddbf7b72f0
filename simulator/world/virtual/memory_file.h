// An open file of the memory disk. Dropping one that was not closed closes it silently, as the end
// of a process does.
#pragma once

#include "core/env/file_system.h"
#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::world {

class MemoryFile final : public File {
 public:
  MemoryFile(MemoryDisk& disk, std::uint64_t handle, std::string path);
  ~MemoryFile() override;

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override;
  Result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override;
  Status allocate(std::uint64_t offset, std::uint64_t length) override;
  Status truncate(std::uint64_t size) override;
  Result<std::uint64_t> size() override;
  Status sync_data() override;
  Status sync() override;
  Result<bool> try_lock() override;
  Status close() override;

 private:
  template <class Call>
  auto operation(const char* port_call, Call call);

  MemoryDisk& disk_;
  std::uint64_t number_;  // of the handle; 0 once closed
  MemoryDisk::Handle* handle_;
  std::string path_;  // as given to open, for messages
};

}  // namespace holdfast::world
