#include "faultfs/fuse/caller.h"

#include <charconv>
#include <fstream>
#include <string_view>

namespace holdfast::faultfs {
namespace {

std::uint32_t process_of(std::uint32_t thread) {
  constexpr std::string_view kKey = "Tgid:\t";
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  std::uint32_t process = 0;
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kKey)) continue;
    std::from_chars(line.data() + kKey.size(), line.data() + line.size(), process);
    break;
  }
  return process;
}

}  // namespace

Caller caller_of(std::uint32_t thread) {
  Caller caller;
  if (thread == 0) return caller;
  caller.process = process_of(thread);
  std::ifstream comm("/proc/" + std::to_string(caller.process) + "/comm");
  std::getline(comm, caller.comm);
  return caller;
}

}  // namespace holdfast::faultfs
