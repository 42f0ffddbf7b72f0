#include "simulator/world/live/process_usage.h"

#include <sys/resource.h>

#include <filesystem>

namespace holdfast::world {
namespace {

std::uint64_t entries(const char* directory) {
  std::error_code problem;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at(directory, problem), end; !problem && at != end;
       at.increment(problem))
    ++count;
  return count;
}

}  // namespace

ProcessUsage process_usage() {
  return {.threads = entries("/proc/self/task"), .descriptors = entries("/proc/self/fd")};
}

std::uint64_t lost_processor_count() {
  struct rusage usage {};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

}  // namespace holdfast::world
