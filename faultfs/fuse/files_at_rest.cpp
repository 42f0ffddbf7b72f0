#include "faultfs/fuse/files_at_rest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/node_table.h"

namespace holdfast::faultfs {
namespace {

struct Entry {
  std::string name;
  bool is_directory = false;
};

// Directories and regular files, in byte order.
std::vector<Entry> entries_of(int directory) {
  std::vector<Entry> entries;
  const int descriptor = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
  if (stream == nullptr) return entries;
  while (const dirent* entry = ::readdir(stream)) {
    struct stat status {};
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (::fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))
      entries.push_back({std::string(name), S_ISDIR(status.st_mode)});
  }
  ::closedir(stream);
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

void visit_below(int directory, const std::string& prefix,
                 const std::function<void(const std::string&, const FileAtRest&)>& visit) {
  for (const Entry& entry : entries_of(directory)) {
    const std::string path = prefix + entry.name;
    if (!entry.is_directory) {
      const FileAtRest file(directory, entry.name.c_str());
      if (file.opened()) visit(path, file);
      continue;
    }
    const int below =
        ::openat(directory, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) continue;
    visit_below(below, path + "/", visit);
    ::close(below);
  }
}

}  // namespace

FileAtRest::FileAtRest(int directory, const char* name)
    : descriptor_(::openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC)) {}

FileAtRest::~FileAtRest() {
  if (opened()) ::close(descriptor_);
}

std::uint64_t FileAtRest::size() const {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::uint64_t FileAtRest::inode() const {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 ? space_id(key_of(status)) : 0;
}

void FileAtRest::damage(const Damage& hit, const Told& told) const {
  const auto before = bytes_at(hit.offset, hit.size);
  auto after = before;
  apply_damage({&hit, 1}, hit.offset, after);
  told(before, after);
  write(hit.offset, after);
}

bool FileAtRest::restore(const Undo::Place& place) const {
  auto bytes = bytes_at(place.offset, place.before.size());
  if (!put_back(place, place.offset, bytes)) return false;
  write(place.offset, bytes);
  return true;
}

std::vector<std::byte> FileAtRest::bytes_at(std::uint64_t offset, std::uint64_t size) const {
  std::vector<std::byte> bytes(size);
  const ssize_t got = read_whole(descriptor_, bytes, offset);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

void FileAtRest::write(std::uint64_t offset, std::span<const std::byte> bytes) const {
  (void)write_whole(descriptor_, bytes, offset);
}

void for_each_file(int root_descriptor,
                   const std::function<void(const std::string&, const FileAtRest&)>& visit) {
  visit_below(root_descriptor, "", visit);
}

}  // namespace holdfast::faultfs
