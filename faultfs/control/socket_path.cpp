#include "faultfs/control/socket_path.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

// Where this user's sockets are, ours first. A mount made from a login shell, by sudo or by a service has one
// or the other, as the variable is set there or not.
std::vector<std::string> runtime_directories() {
  std::vector<std::string> all;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') all.push_back(std::string(runtime) + "/faultfs");
  all.push_back(fmt::format("/tmp/faultfs-{}", ::geteuid()));
  all.push_back(fmt::format("/run/user/{}/faultfs", ::geteuid()));
  return all;
}

std::string socket_in(const std::string& directory, const std::string& canonical) {
  return fmt::format("{}/{:016x}.sock", directory, hash_name(canonical));
}

// A socket of ours in a directory that only we can enter.
bool is_ours(const std::string& directory, const std::string& socket) {
  struct stat place {
  }, found{};
  return ::lstat(directory.c_str(), &place) == 0 && S_ISDIR(place.st_mode) && place.st_uid == ::geteuid() &&
         (place.st_mode & 077) == 0 && ::lstat(socket.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
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
  const std::string directory = runtime_directories().front();
  if (auto made = make_private_directory(directory); !made) return fail(made.error());
  return socket_in(directory, *canonical);
}

Result<std::string> find_control_socket(const std::string& mountpoint) {
  auto canonical = canonical_mountpoint(mountpoint);
  if (!canonical) return canonical;
  const auto directories = runtime_directories();
  for (const auto& directory : directories)
    if (auto socket = socket_in(directory, *canonical); is_ours(directory, socket)) return socket;
  return socket_in(directories.front(), *canonical);
}

}  // namespace holdfast::faultfs
