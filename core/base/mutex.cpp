#include "core/base/mutex.h"

#include <exception>

#include "core/base/check.h"

#ifdef HOLDFAST_CHECK_PORTS
namespace holdfast::base {

namespace {
// Per thread. Fibers share it rightly: the very rule it checks keeps it zero at every switch. ThreadSanitizer
// takes them for threads, and would call it a race.
thread_local int locks_held = 0;
}  // namespace

[[gnu::no_sanitize_thread]] void note_lock(int change) noexcept { locks_held += change; }

[[gnu::no_sanitize_thread]] void check_no_lock_held(const char* port_call) {
  HOLDFAST_CHECK(locks_held == 0, port_call);
  HOLDFAST_CHECK(std::uncaught_exceptions() == 0, port_call);
}

}  // namespace holdfast::base
#endif
