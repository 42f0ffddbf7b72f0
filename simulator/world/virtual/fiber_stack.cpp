#include "simulator/world/virtual/fiber_stack.h"

#include <sys/mman.h>

#include "core/base/check.h"

#ifdef HOLDFAST_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace holdfast::world {
namespace {
constexpr std::size_t kGuard = 4096;
}

FiberStack::FiberStack() {
  void* memory = ::mmap(nullptr, kGuard + kBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  HOLDFAST_CHECK(memory != MAP_FAILED, "no memory map is left for a fiber's stack; see vm.max_map_count");
  HOLDFAST_CHECK(::mprotect(memory, kGuard, PROT_NONE) == 0, "the guard page of a stack could not be set");
  bottom_ = static_cast<std::byte*>(memory) + kGuard;
#ifdef HOLDFAST_ASAN
  __lsan_register_root_region(bottom_, kBytes);  // a suspended fiber's locals keep their memory reachable
#endif
}

FiberStack::~FiberStack() {
#ifdef HOLDFAST_ASAN
  make_fresh();
  __lsan_unregister_root_region(bottom_, kBytes);
#endif
  ::munmap(static_cast<std::byte*>(bottom_) - kGuard, kGuard + kBytes);
}

void FiberStack::make_fresh() {
#ifdef HOLDFAST_ASAN
  __asan_unpoison_memory_region(bottom_, kBytes);
#endif
#ifdef HOLDFAST_TSAN
  ::mmap(bottom_, kBytes, PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_FIXED, -1, 0);
#endif
}

}  // namespace holdfast::world
