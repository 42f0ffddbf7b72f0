#include "simulator/world/live/process_usage.h"

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

}  // namespace holdfast::world
