// The machine's clocks, with a wall clock that the harness can set wrong for this process alone.
//
//   JumpingClock clock;
//   clock.shift_wall(-1h);       // wall() is an hour behind; now() knows nothing of it
//
// Safe from any thread.
#pragma once

#include <atomic>

#include "core/host/system_clock.h"

namespace holdfast::world {

class JumpingClock final : public Clock {
 public:
  Time now() const override { return machine_.now(); }
  WallTime wall() const override { return machine_.wall() + shift_.load(); }

  // From the machine's wall clock, not from what was set before.
  void shift_wall(Duration shift) { shift_.store(shift); }

 private:
  host::SystemClock machine_;
  std::atomic<Duration> shift_{Duration{0}};
};

}  // namespace holdfast::world
