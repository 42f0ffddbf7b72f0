#include "faultfs/fuse/bring_back.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

constexpr std::size_t kCopiedAtATime = 1 << 20;

bool copy_bytes(const char* from_path, int to) {
  const Descriptor from(::open(from_path, O_RDONLY | O_CLOEXEC));
  if (!from) return false;
  for (;;) {
    const ssize_t copied = ::copy_file_range(*from, nullptr, to, nullptr, kCopiedAtATime, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied <= 0) return copied == 0;
  }
}

void copy_extended_attributes(const char* from, const char* to) {
  std::vector<char> names(XATTR_LIST_MAX), value(XATTR_SIZE_MAX);
  const ssize_t size = ::listxattr(from, names.data(), names.size());
  std::string_view rest(names.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!rest.empty()) {
    const char* name = rest.data();
    const ssize_t length = ::getxattr(from, name, value.data(), value.size());
    if (length >= 0) (void)::setxattr(to, name, value.data(), static_cast<std::size_t>(length), 0);
    rest.remove_prefix(std::string_view(name).size() + 1);
  }
}

bool make_file(const DescriptorPath& kept, int directory, const char* name) {
  const Descriptor made(::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return made && copy_bytes(kept.c_str(), *made);
}

bool make_link(int kept, int directory, const char* name) {
  char target[PATH_MAX + 1];
  const ssize_t length = ::readlinkat(kept, "", target, sizeof target - 1);
  if (length < 0) return false;
  target[length] = '\0';
  return ::symlinkat(target, directory, name) == 0;
}

bool make_again(int kept, const struct stat& status, int directory, const char* name) {
  if (S_ISDIR(status.st_mode)) return ::mkdirat(directory, name, 0700) == 0;
  if (S_ISLNK(status.st_mode)) return make_link(kept, directory, name);
  if (S_ISREG(status.st_mode)) return make_file(DescriptorPath(kept), directory, name);
  return ::mknodat(directory, name, status.st_mode, status.st_rdev) == 0;
}

void give_attributes(int kept, const struct stat& status, int made) {
  (void)::fchownat(made, "", status.st_uid, status.st_gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
  if (S_ISLNK(status.st_mode)) return;
  const DescriptorPath path(made);
  copy_extended_attributes(DescriptorPath(kept).c_str(), path.c_str());
  (void)::chmod(path.c_str(), status.st_mode & 07777);
  const timespec times[2] = {status.st_atim, status.st_mtim};
  (void)::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

Descriptor at(int directory, const char* name) {
  return Descriptor(::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Descriptor bring_back(int kept, int directory, const char* name) {
  struct stat status {};
  if (::fstat(kept, &status) != 0) return {};
  if (!S_ISDIR(status.st_mode) && status.st_nlink > 0) {
    const bool linked =
        ::linkat(AT_FDCWD, DescriptorPath(kept).c_str(), directory, name, AT_SYMLINK_FOLLOW) == 0;
    return linked ? at(directory, name) : Descriptor();
  }
  if (!make_again(kept, status, directory, name)) return {};
  Descriptor made = at(directory, name);
  if (made) give_attributes(kept, status, *made);
  return made;
}

}  // namespace holdfast::faultfs
