#include "faultfs/model/operation.h"

namespace holdfast::faultfs {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kOperationCount> kNames = {
    "lookup",  "getattr", "setattr",  "truncate", "chmod",     "chown",
    "utimens", "access",  "readlink", "create",   "open",      "read",
    "write",   "flush",   "fsync",    "release",  "fallocate", "copy_file_range",
    "lseek",   "mkdir",   "rmdir",    "unlink",   "rename",    "link",
    "symlink", "mknod",   "opendir",  "readdir",  "fsyncdir",  "releasedir",
    "statfs",  "lock",    "getxattr", "setxattr", "listxattr", "removexattr",
};
static_assert(static_cast<std::size_t>(Operation::removexattr) + 1 == kOperationCount);

}  // namespace

std::string_view to_string(Operation operation) { return kNames[static_cast<std::size_t>(operation)]; }

std::optional<Operation> operation_from(std::string_view name) {
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    if (kNames[i] == name) return static_cast<Operation>(i);
  }
  return std::nullopt;
}

}  // namespace holdfast::faultfs
