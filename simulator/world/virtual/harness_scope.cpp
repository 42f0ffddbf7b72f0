#include "simulator/world/virtual/harness_scope.h"

#ifdef HOLDFAST_TSAN
#include <sanitizer/tsan_interface.h>

#include <thread>
#include <utility>

extern "C" {
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
void AnnotateIgnoreSyncBegin(const char* file, int line);
void AnnotateIgnoreSyncEnd(const char* file, int line);
}

namespace holdfast::world {
namespace {

// libstdc++ counts owners with atomics only once a program had a second thread.
[[maybe_unused]] const bool kHadThreads = (std::thread([] {}).join(), true);

// Of the fiber that runs, or of the loop.
thread_local unsigned open_scopes = 0;

void look_away() {
  __tsan_ignore_thread_begin();
  AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

void look_again() {
  AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
  __tsan_ignore_thread_end();
}

}  // namespace

HarnessScope::HarnessScope() noexcept {
  if (open_scopes++ == 0) look_away();
}

HarnessScope::~HarnessScope() {
  if (--open_scopes == 0) look_again();
}

unsigned HarnessScope::exchange(unsigned open) noexcept {
  const unsigned before = std::exchange(open_scopes, open);
  if (before > 0 && open == 0) look_again();
  if (before == 0 && open > 0) look_away();
  return before;
}

void release(const void* what) noexcept { __tsan_release(const_cast<void*>(what)); }
void acquire(const void* what) noexcept { __tsan_acquire(const_cast<void*>(what)); }

}  // namespace holdfast::world
#endif
