// The standard normal distribution's quantiles, from a table: how many deviations from the mean lies what a
// draw picks?
//
//   normal_quantile(drawn)      // 65,536 is one deviation; half of all draws give less than 0
//
// Pure, and without libm. Beyond 6.3 deviations (one draw in 8 * 10^9) it gives those.
#pragma once

#include <cstdint>

namespace holdfast::faultfs {

inline constexpr std::int64_t kDeviation = 65'536;
inline constexpr std::int64_t kNormalP99 = 152'460;  // 2.3263 deviations

std::int64_t normal_quantile(std::uint64_t drawn);

}  // namespace holdfast::faultfs
