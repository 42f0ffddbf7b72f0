// Who asks, beyond what the kernel says with each request: the process of the thread, and its program.
//
//   Caller caller = caller_of(pid);     // {1234, "sqlite3"}
//
// Read from /proc, so it costs some ten microseconds and is asked only where a rule wants to know. All zero
// and empty for a caller that is gone, and for what the kernel does by itself (a release, a write-back).
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::faultfs {

struct Caller {
  std::uint32_t process = 0;
  std::string comm;  // of the process, whatever the thread calls itself
};

Caller caller_of(std::uint32_t thread);

}  // namespace holdfast::faultfs
