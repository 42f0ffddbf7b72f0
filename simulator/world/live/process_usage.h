// What this process has of the kernel: its threads and its open descriptors.
//
//   ProcessUsage before = process_usage();
//
// Reads /proc/self; zeros where that is absent. And what the kernel took from one thread. Any thread.
#pragma once

#include <cstdint>

namespace holdfast::world {

struct ProcessUsage {
  std::uint64_t threads = 0;
  std::uint64_t descriptors = 0;
};

ProcessUsage process_usage();

// How often the kernel has taken the processor from the calling thread that would have gone on
// (getrusage, ru_nivcsw). About 0.3 us. What a hypervisor takes away is not seen.
std::uint64_t lost_processor_count();

}  // namespace holdfast::world
