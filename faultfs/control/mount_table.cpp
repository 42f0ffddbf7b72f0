#include "faultfs/control/mount_table.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

extern char** environ;

namespace holdfast::faultfs {
namespace {

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// 36 35 98:0 /root /mountpoint options [optional...] - type source options
std::optional<MountEntry> parse_line(const std::string& line) {
  std::istringstream words(line);
  std::string id, parent, device, root, mountpoint, word;
  if (!(words >> id >> parent >> device >> root >> mountpoint)) return std::nullopt;
  while (words >> word && word != "-") continue;
  MountEntry entry;
  const auto colon = device.find(':');
  if (colon == std::string::npos || !(words >> entry.type)) return std::nullopt;
  entry.device_minor = static_cast<unsigned>(std::stoul(device.substr(colon + 1)));
  entry.mountpoint = unescaped(mountpoint);
  return entry;
}

void abort_connection(unsigned device_minor) {
  const std::string path = "/sys/fs/fuse/connections/" + std::to_string(device_minor) + "/abort";
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;  // fusectl is not mounted, or not ours: MNT_FORCE aborts as well
  (void)!::write(descriptor, "1", 1);
  ::close(descriptor);
}

// The way of users who may not unmount: the set-user-id helper that also mounted.
Status unmount_with_helper(const std::string& mountpoint) {
  std::string path = mountpoint;
  char helper[] = "fusermount3", unmount[] = "-u", lazy[] = "-z", quiet[] = "-q", end[] = "--";
  char* arguments[] = {helper, unmount, lazy, quiet, end, path.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, helper, nullptr, nullptr, arguments, environ);
  if (error != 0) return fail(error_of_errno(error, "start fusermount3"));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Code::permission, "fusermount3 could not unmount " + mountpoint);
}

}  // namespace

std::optional<MountEntry> find_mount(const std::string& mountpoint) {
  std::ifstream table("/proc/self/mountinfo");
  std::optional<MountEntry> found;
  for (std::string line; std::getline(table, line);) {
    auto entry = parse_line(line);
    if (entry && entry->mountpoint == mountpoint) found = std::move(entry);
  }
  return found;
}

Status abort_and_unmount(const std::string& mountpoint) {
  const auto mount = find_mount(mountpoint);
  if (!mount) return {};
  if (mount->type != kMountType) {
    return fail(Code::invalid, mountpoint + " is a mount of type " + mount->type + ", not of faultfs");
  }
  abort_connection(mount->device_minor);
  if (::umount2(mountpoint.c_str(), MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW) == 0) return {};
  if (errno == EPERM) return unmount_with_helper(mountpoint);
  if (errno == EINVAL || errno == ENOENT) return {};  // somebody was faster
  return fail(error_of_errno(errno, "unmount " + mountpoint));
}

}  // namespace holdfast::faultfs
