// Which errors a hunt injects: what an operation answers on Linux, but for those that deny what is there.
//
//   std::span<const faultfs::Operation> operations = disk_operations();
//   std::vector<int> errors = told_errors(faultfs::Operation::fsync);     // EIO, ENOSPC, ...
//
// Pure.
#pragma once

#include <span>
#include <vector>

#include "faultfs/model/operation.h"

namespace holdfast::sweep {

// Those that the memory disk asks about.
std::span<const faultfs::Operation> disk_operations();
std::vector<int> told_errors(faultfs::Operation operation);

}  // namespace holdfast::sweep
