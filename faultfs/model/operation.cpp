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

using enum Operation;
constexpr Operation kReads[] = {read, readdir, readlink, getxattr, listxattr};
constexpr Operation kWrites[] = {write, truncate, fallocate, copy_file_range};
constexpr Operation kNameChanges[] = {create, mkdir, rmdir, unlink, rename, link, symlink, mknod};
constexpr Operation kAttributes[] = {setattr, chmod, chown, utimens, setxattr, removexattr};
constexpr Operation kSyncs[] = {fsync, fsyncdir};
constexpr OperationGroup kGroups[] = {{"reads", kReads},
                                      {"writes", kWrites},
                                      {"names", kNameChanges},
                                      {"attributes", kAttributes},
                                      {"syncs", kSyncs}};

}  // namespace

std::string_view to_string(Operation operation) { return kNames[static_cast<std::size_t>(operation)]; }

std::optional<Operation> operation_from(std::string_view name) {
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    if (kNames[i] == name) return static_cast<Operation>(i);
  }
  return std::nullopt;
}

std::span<const OperationGroup> operation_groups() { return kGroups; }

bool has_place(Operation operation) {
  return operation == read || operation == write || operation == fallocate || operation == copy_file_range;
}

}  // namespace holdfast::faultfs
