#include "faultfs/control/fuse_available.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace holdfast::faultfs {
namespace {

constexpr int kCapSysAdmin = 21;

bool may_mount() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("CapEff:")) continue;
    return (std::stoull(line.substr(7), nullptr, 16) >> kCapSysAdmin & 1) != 0;
  }
  return false;
}

bool has_mount_helper() {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (::access((directory + "/fusermount3").c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

Status fuse_available() {
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
    return fail(Code::unsupported,
                "there is no /dev/fuse: load the kernel module (modprobe fuse), or start the "
                "container with --device /dev/fuse --cap-add SYS_ADMIN");
  }
  if (device < 0) {
    return fail(Code::unsupported,
                "/dev/fuse cannot be opened: give this user read and write access to it, or "
                "start the container with --device /dev/fuse",
                errno);
  }
  ::close(device);
  if (may_mount()) return {};
  if (::geteuid() == 0) {
    return fail(Code::unsupported,
                "this root user may not mount: start the container with --cap-add SYS_ADMIN");
  }
  if (has_mount_helper()) return {};
  return fail(Code::unsupported, "fusermount3 is missing: install the package fuse3 (apt-get install fuse3)");
}

}  // namespace holdfast::faultfs
