#include "simulator/sweep/told_errors.h"

#include <cerrno>

#include "faultfs/model/errnos.h"

namespace holdfast::sweep {
namespace {

using enum faultfs::Operation;

constexpr faultfs::Operation kOperations[] = {lookup,   getattr, create,    open,     read,   write,
                                              truncate, fsync,   fallocate, mkdir,    rmdir,  unlink,
                                              rename,   opendir, readdir,   fsyncdir, statfs, lock};

// What says that something is there which is not, or the reverse, is no error of the disk but a lie.
bool is_told(int error) {
  return error != ENOENT && error != EEXIST && error != ENOTDIR && error != EISDIR && error != ENOTEMPTY;
}

}  // namespace

std::span<const faultfs::Operation> disk_operations() { return kOperations; }

std::vector<int> told_errors(faultfs::Operation operation) {
  std::vector<int> errors;
  for (const auto name : faultfs::answers_of(operation))
    if (const int error = *faultfs::errno_from(name); is_told(error)) errors.push_back(error);
  return errors;
}

}  // namespace holdfast::sweep
