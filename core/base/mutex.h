// The only lock of the core. It must never be held across a call to a port (Clock excepted): a
// fiber that is suspended with a lock held would hang its whole world. Builds with
// HOLDFAST_CHECK_PORTS (all but release) count the locks a thread holds; port implementations call
// check_no_lock_held() on entry.
//
//   base::MutexLock lock(mutex_);
#pragma once

#include <mutex>

namespace holdfast::base {

#ifndef NDEBUG
#define HOLDFAST_CHECK_PORTS 1
void note_lock(int change) noexcept;
void check_no_lock_held(const char* port_call);
#else
inline void note_lock(int) noexcept {}
inline void check_no_lock_held(const char*) {}
#endif

class Mutex {
 public:
  void lock() {
    mutex_.lock();
    note_lock(+1);
  }
  void unlock() {
    note_lock(-1);
    mutex_.unlock();
  }

 private:
  std::mutex mutex_;
};

using MutexLock = std::lock_guard<Mutex>;

}  // namespace holdfast::base
