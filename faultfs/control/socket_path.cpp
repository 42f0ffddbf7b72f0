#include "faultfs/control/socket_path.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

std::string runtime_directory() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') return std::string(runtime) + "/faultfs";
  return fmt::format("/tmp/faultfs-{}", ::geteuid());
}

Status make_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(error_of_errno(errno, "make the directory of control sockets " + path));
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return fail(error_of_errno(errno, "look at " + path));
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
    return fail(Code::permission, path +
                                      " is not a private directory of this user; remove it, or give the "
                                      "socket's place with --socket");
  }
  return {};
}

// What the symbolic link says; empty when there is none. std::filesystem asks for the link's attributes
// first, and of a mount those come from its daemon, which may hang; readlink itself asks nobody.
std::string link_at(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size > 0 ? std::string(target, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Result<std::string> canonical_mountpoint(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path absolute = fs::absolute(path, error).lexically_normal();
  if (error || path.empty()) return fail(Code::invalid, "\"" + path + "\" is no path");
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (absolute == "/") return std::string("/");
  // A symbolic link as the last name is followed by readlink, which asks only its parent.
  for (int links = 0; links < 40; ++links) {
    const fs::path parent = fs::canonical(absolute.parent_path(), error);
    if (error) return fail(error_of_errno(error.value(), "find " + absolute.parent_path().string()));
    absolute = parent / absolute.filename();
    const std::string target = link_at(absolute);
    if (target.empty()) return absolute.string();
    absolute = (parent / target).lexically_normal();
    if (!absolute.has_filename()) absolute = absolute.parent_path();
  }
  return fail(error_of_errno(ELOOP, "resolve " + path));
}

Result<std::string> control_socket_for(const std::string& mountpoint) {
  auto canonical = canonical_mountpoint(mountpoint);
  if (!canonical) return canonical;
  const std::string directory = runtime_directory();
  if (auto made = make_private_directory(directory); !made) return fail(made.error());
  return fmt::format("{}/{:016x}.sock", directory, hash_name(*canonical));
}

}  // namespace holdfast::faultfs
