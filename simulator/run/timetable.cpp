#include "simulator/run/timetable.h"

#include <utility>

namespace holdfast::run {

Status Timetable::run_due(Duration now) {
  while (!acts_.empty() && acts_.begin()->first <= now) {
    const Act act = std::move(acts_.begin()->second);
    acts_.erase(acts_.begin());
    if (auto acted = act(); !acted) return acted;
  }
  return {};
}

}  // namespace holdfast::run
