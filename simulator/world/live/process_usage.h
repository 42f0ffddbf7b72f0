// What this process has of the kernel: its threads and its open descriptors.
//
//   ProcessUsage before = process_usage();
//
// Reads /proc/self; zeros where that is absent. Any thread.
#pragma once

#include <cstdint>

namespace holdfast::world {

struct ProcessUsage {
  std::uint64_t threads = 0;
  std::uint64_t descriptors = 0;
};

ProcessUsage process_usage();

}  // namespace holdfast::world
