#include "simulator/oracle/run_record.h"

#include <algorithm>
#include <iterator>

namespace holdfast::oracle {

std::uint32_t RunRecord::tracker_of(std::uint64_t reference) const {
  if (fleet.empty()) return 0;
  const auto next = std::ranges::upper_bound(fleet, reference, {}, &TrackerRecord::first_reference);
  return static_cast<std::uint32_t>(std::distance(fleet.begin(), next) - 1);
}

}  // namespace holdfast::oracle
