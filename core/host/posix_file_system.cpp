#include "core/host/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "core/base/mutex.h"

namespace holdfast::host {
namespace {

// A disk that answers nothing else is a disk that fails, and no reason to spin.
constexpr int kMostInterruptions = 100;

template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  for (int i = 0; i < kMostInterruptions && result < 0 && errno == EINTR; ++i) result = call();
  return result;
}

std::unexpected<Error> fail_errno(std::string_view what, const std::string& path) {
  const int error = errno;
  return fail(error_of_errno(error, std::string(what) + " " + path));
}

void enter() { base::check_no_lock_held("a file system call with a lock held"); }

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    enter();
    std::size_t total = 0;
    while (total < into.size()) {
      const auto got = retry_interrupted([&] {
        return ::pread(descriptor_, into.data() + total, into.size() - total,
                       static_cast<off_t>(offset + total));
      });
      if (got < 0) return fail_errno("read", path_);
      if (got == 0) break;
      total += static_cast<std::size_t>(got);
    }
    return total;
  }

  Result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    enter();
    const auto put = retry_interrupted(
        [&] { return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (put < 0) return fail_errno("write", path_);
    if (put == 0 && !bytes.empty()) return fail(Code::io, "write " + path_ + ": no byte was taken");
    return static_cast<std::size_t>(put);
  }

  Status allocate(std::uint64_t offset, std::uint64_t length) override {
    enter();
    const int error = ::posix_fallocate(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length));
    if (error != 0) return fail(error_of_errno(error, "allocate " + path_));
    return {};
  }

  Status truncate(std::uint64_t size) override {
    enter();
    if (retry_interrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) < 0)
      return fail_errno("truncate", path_);
    return {};
  }

  Result<std::uint64_t> size() override {
    enter();
    struct stat info {};
    if (::fstat(descriptor_, &info) < 0) return fail_errno("stat", path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

  // Not retried on EINTR: what an interrupted sync left undone is as unknown as a failed one.
  Status sync_data() override {
    enter();
    if (::fdatasync(descriptor_) < 0) return fail_errno("sync", path_);
    return {};
  }

  Status sync() override {
    enter();
    if (::fsync(descriptor_) < 0) return fail_errno("sync", path_);
    return {};
  }

  Result<bool> try_lock() override {
    enter();
    if (retry_interrupted([&] { return ::flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return fail_errno("lock", path_);
  }

  Status close() override {
    enter();
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) < 0 && errno != EINTR) return fail_errno("close", path_);
    return {};
  }

 private:
  int descriptor_;
  std::string path_;
};

int flags_of(OpenMode mode) {
  int flags = O_CLOEXEC | (mode.write ? (mode.read ? O_RDWR : O_WRONLY) : O_RDONLY);
  if (mode.create) flags |= O_CREAT;
  if (mode.exclusive) flags |= O_EXCL;
  if (mode.truncate) flags |= O_TRUNC;
  return flags;
}

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
  enter();
  const int descriptor = retry_interrupted([&] { return ::open(path.c_str(), flags_of(mode), 0600); });
  if (descriptor < 0) return fail_errno("open", path);
  return std::make_unique<PosixFile>(descriptor, path);
}

Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
  enter();
  if (::rename(from.c_str(), to.c_str()) < 0) return fail_errno("rename", from);
  return {};
}

Status PosixFileSystem::remove(const std::string& path) {
  enter();
  if (::unlink(path.c_str()) < 0) return fail_errno("remove", path);
  return {};
}

Status PosixFileSystem::make_directory(const std::string& path) {
  enter();
  if (::mkdir(path.c_str(), 0700) < 0) return fail_errno("make directory", path);
  return {};
}

Status PosixFileSystem::remove_directory(const std::string& path) {
  enter();
  if (::rmdir(path.c_str()) < 0) return fail_errno("remove directory", path);
  return {};
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& path) {
  enter();
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return fail_errno("list", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(directory);
  if (error != 0) return fail(error_of_errno(error, "list " + path));
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileStat> PosixFileSystem::stat(const std::string& path) {
  enter();
  struct stat info {};
  if (::stat(path.c_str(), &info) < 0) return fail_errno("stat", path);
  return FileStat{.size = static_cast<std::uint64_t>(info.st_size), .is_directory = S_ISDIR(info.st_mode)};
}

Status PosixFileSystem::sync_directory(const std::string& path) {
  enter();
  const int descriptor =
      retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return fail_errno("open directory", path);
  const int synced = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (synced < 0) return fail(error_of_errno(error, "sync directory " + path));
  return {};
}

Result<Space> PosixFileSystem::space(const std::string& path) {
  enter();
  struct statvfs info {};
  if (retry_interrupted([&] { return ::statvfs(path.c_str(), &info); }) < 0)
    return fail_errno("space of", path);
  return Space{.free_bytes = info.f_bavail * info.f_frsize,
               .total_bytes = info.f_blocks * info.f_frsize,
               .free_inodes = info.f_favail};
}

}  // namespace holdfast::host
