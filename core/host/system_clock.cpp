#include "core/host/system_clock.h"

#include <chrono>

namespace holdfast::host {

Time SystemClock::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace holdfast::host
