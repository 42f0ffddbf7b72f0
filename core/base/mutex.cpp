#include "core/base/mutex.h"

#include <exception>

#include "core/base/check.h"

#ifdef HOLDFAST_CHECK_PORTS
namespace holdfast::base {

namespace {
// Per thread. Fibers share it rightly: the very rule it checks keeps it zero at every switch.
thread_local int locks_held = 0;
}  // namespace

void note_lock(int change) noexcept { locks_held += change; }

void check_no_lock_held(const char* port_call) {
  HOLDFAST_CHECK(locks_held == 0, port_call);
  HOLDFAST_CHECK(std::uncaught_exceptions() == 0, port_call);
}

}  // namespace holdfast::base
#endif
