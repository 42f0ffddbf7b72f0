// The operations that a rule can name: what a program asks of a file system, in the words of the
// system calls. FUSE requests and calls of the virtual disk are both mapped to these.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast::faultfs {

enum class Operation : std::uint8_t {
  lookup,
  getattr,
  setattr,
  truncate,
  chmod,
  chown,
  utimens,
  access,
  readlink,
  create,
  open,
  read,
  write,
  flush,
  fsync,
  release,
  fallocate,
  copy_file_range,
  lseek,
  mkdir,
  rmdir,
  unlink,
  rename,
  link,
  symlink,
  mknod,
  opendir,
  readdir,
  fsyncdir,
  releasedir,
  statfs,
  lock,
  getxattr,
  setxattr,
  listxattr,
  removexattr,
};
inline constexpr std::size_t kOperationCount = 36;

std::string_view to_string(Operation operation);
std::optional<Operation> operation_from(std::string_view name);

}  // namespace holdfast::faultfs
