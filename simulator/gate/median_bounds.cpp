#include "simulator/gate/median_bounds.h"

#include <algorithm>
#include <cstdint>

namespace holdfast::gate {
namespace {

// Probabilities in units of 2^-63, so that one is representable and halves are exact for 63 coins.
constexpr std::uint64_t kCertain = std::uint64_t{1} << 63;
constexpr std::uint64_t kDoubt = kCertain / 20;  // 5 %, rounded down

// The chances of 0, 1, 2, ... heads of n coins, each rounded up where it is not exact. The sum of two
// neighbours is at most one and their roundings, which 64 bits hold.
std::vector<std::uint64_t> chances_of_heads(std::size_t n) {
  std::vector<std::uint64_t> chances(n / 2 + 1, 0);
  chances[0] = kCertain;
  for (std::size_t coin = 0; coin < n; ++coin) {
    for (std::size_t heads = chances.size() - 1; heads > 0; --heads)
      chances[heads] =
          chances[heads] / 2 + chances[heads - 1] / 2 + ((chances[heads] | chances[heads - 1]) & 1);
    chances[0] = chances[0] / 2 + (chances[0] & 1);
  }
  return chances;
}

}  // namespace

std::size_t bound_rank(std::size_t n) {
  std::size_t rank = 0;
  std::uint64_t fewer = 0;  // the chance of fewer than rank + 1 heads
  for (const std::uint64_t chance : chances_of_heads(std::min(n, kMostForBounds))) {
    fewer += std::min(chance, kCertain - std::min(fewer, kCertain));
    if (fewer > kDoubt) break;
    ++rank;
  }
  return rank;
}

MedianBounds median_bounds(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  MedianBounds bounds{.median = values[(values.size() - 1) / 2]};
  if (const std::size_t rank = bound_rank(values.size()); rank > 0) {
    bounds.low = values[rank - 1];
    bounds.high = values[values.size() - rank];
  }
  return bounds;
}

}  // namespace holdfast::gate
