// CLOCK_MONOTONIC, the clock of rules, logs and timers. The same instants every process sees.
#pragma once

#include <chrono>

#include "core/base/time.h"

namespace holdfast::faultfs {

inline Time monotonic_now() {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace holdfast::faultfs
