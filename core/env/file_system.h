// The port to durable storage.
//
// - Writes are visible at once; they may be short, and the next call gives the error. EINTR is
//   handled inside.
// - sync_data() success: bytes and size are durable, NOT the name. A name is durable after
//   sync_directory() of its parent. After an unsynced rename a crash leaves the old or the new
//   target, never neither. Of unsynced data any 512-byte sector may be old, new, or (if it extended
//   the file) zero.
// - After a failed sync nothing since the last success may be believed, ever: seal the file, write
//   what memory still holds to a new one.
// - Code::no_space may come from create, write, allocate, sync, close, rename, make_directory.
// - close() always frees the descriptor and never syncs. A crash releases locks.
// - Paths are absolute or relative to the process; '/' separates. No O_APPEND, no mmap for writing.
//
// A File is used by one task at a time; FileSystem is safe from any task. No call may be made with
// a base::Mutex held, in a destructor (drop a File only after close(), or when its owner crashed),
// or in a catch handler.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

struct OpenMode {
  bool read = true;
  bool write = false;
  bool create = false;     // create if absent
  bool exclusive = false;  // with create: fail with Code::exists if present
  bool truncate = false;

  static OpenMode reading() { return {}; }
  static OpenMode creating() { return {.write = true, .create = true, .exclusive = true}; }
  static OpenMode updating() { return {.write = true}; }
};

class File {
 public:
  virtual ~File() = default;
  // Bytes read; fewer than asked only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  // Bytes written: at least 1, perhaps fewer than given.
  virtual Result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual Status allocate(std::uint64_t offset, std::uint64_t length) = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size() = 0;
  virtual Status sync_data() = 0;
  virtual Status sync() = 0;
  // Whole-file exclusive lock, released at close or crash. False when somebody else holds it.
  virtual Result<bool> try_lock() = 0;
  virtual Status close() = 0;
};

struct FileStat {
  std::uint64_t size = 0;
  bool is_directory = false;
};

struct Space {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_inodes = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status make_directory(const std::string& path) = 0;
  virtual Status remove_directory(const std::string& path) = 0;
  // Names in the directory, without "." and "..", in byte order.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual Result<FileStat> stat(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;
  virtual Result<Space> space(const std::string& path) = 0;
};

// Writes all bytes, looping over short writes.
Status write_all(File& file, std::uint64_t offset, std::span<const std::byte> bytes);

// Reads the whole file, at most `limit` bytes.
Result<std::vector<std::byte>> read_file(FileSystem& files, const std::string& path, std::uint64_t limit);

// Creates the directory and its parents, each with a durable name; existing ones are fine.
Status make_directories(FileSystem& files, const std::string& path);

}  // namespace holdfast
