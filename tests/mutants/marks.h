// What a planted bug tells of itself, in the words of Magma (Hazimeh et al., 2020): reached, its code ran;
// triggered, the state became wrong. Only patched copies include this.
//
//   mutant::mark(*taken < rest.size());     // reached; and triggered where the write was short
//
// Counts into the file that HOLDFAST_MUTANT_MARKS names, which is mapped shared: the processes of a hunt add
// up. Without the variable nothing is counted. The bug itself does not depend on it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace holdfast::mutant {

struct Marks {
  std::atomic<std::uint64_t> reached{0};
  std::atomic<std::uint64_t> triggered{0};
};

// The file's, or this process's own where there is none. The file is as long as Marks before the program
// starts.
inline Marks* open_marks() {
  static Marks own;
  const char* path = std::getenv("HOLDFAST_MUTANT_MARKS");
  const int file = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return &own;
  void* shared = ::mmap(nullptr, sizeof(Marks), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return shared != MAP_FAILED ? static_cast<Marks*>(shared) : &own;
}

inline void mark(bool triggered) {
  static Marks* const marks = open_marks();
  marks->reached.fetch_add(1, std::memory_order_relaxed);
  if (triggered) marks->triggered.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace holdfast::mutant
