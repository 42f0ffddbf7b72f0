// The machine's clocks: CLOCK_MONOTONIC for timers, CLOCK_REALTIME for stamps.
#pragma once

#include "core/env/clock.h"

namespace holdfast::host {

class SystemClock final : public Clock {
 public:
  Time now() const override;
  WallTime wall() const override;
};

}  // namespace holdfast::host
