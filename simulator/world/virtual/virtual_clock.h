// The Clock port over virtual time. The wall shows 2026-01-01 00:00:00 UTC plus the virtual time, and
// what a fault has shifted it by.
#pragma once

#include "core/env/clock.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

inline constexpr WallTime kWallOrigin = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(const Kernel& kernel) : kernel_(kernel) {}
  Time now() const override {
    const HarnessScope scope;
    return kernel_.now();
  }
  WallTime wall() const override {
    const HarnessScope scope;
    return kWallOrigin + kernel_.now().time_since_epoch() + shift_;
  }
  void shift_wall(Duration shift) { shift_ = shift; }

 private:
  const Kernel& kernel_;
  Duration shift_{0};
};

}  // namespace holdfast::world
