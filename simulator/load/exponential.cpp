#include "simulator/load/exponential.h"

#include <array>
#include <bit>

namespace holdfast::load {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kTableBits = 10;
constexpr std::uint64_t kTableSize = std::uint64_t{1} << kTableBits;
constexpr std::uint64_t kOne = std::uint64_t{1} << kExponentialBits;
constexpr std::uint64_t kLn2 = 762'123'384'786;  // ln 2 * 2^40, rounded

// log2 of x / 2^62 for x in [2^62, 2^63), in units of 2^-40: each squaring gives one bit.
constexpr std::uint64_t log2_q40(std::uint64_t x) {
  std::uint64_t result = 0;
  for (int bit = 0; bit < kExponentialBits; ++bit) {
    const Wide square = (static_cast<Wide>(x) * x) >> 62;
    const bool two_or_more = square >= (static_cast<Wide>(1) << 63);
    x = static_cast<std::uint64_t>(two_or_more ? square >> 1 : square);
    result = (result << 1) | (two_or_more ? 1 : 0);
  }
  return result;
}

// log2(1 + i / 1024); one more entry than steps, for the interpolation.
constexpr auto kLog2 = [] {
  std::array<std::uint64_t, kTableSize + 1> table{};
  for (std::uint64_t i = 0; i < kTableSize; ++i)
    table[i] = log2_q40((std::uint64_t{1} << 62) + (i << (62 - kTableBits)));
  table[kTableSize] = kOne;
  return table;
}();

// log2(1 + fraction / 2^64).
std::uint64_t log2_one_plus(std::uint64_t fraction) {
  const std::uint64_t index = fraction >> (64 - kTableBits);
  const std::uint64_t rest = fraction << kTableBits;
  const std::uint64_t rise = kLog2[index + 1] - kLog2[index];
  return kLog2[index] + static_cast<std::uint64_t>((static_cast<Wide>(rise) * rest) >> 64);
}

}  // namespace

std::uint64_t exponential_q40(std::uint64_t draw) {
  if (draw == 0) draw = 1;
  const auto zeros = static_cast<unsigned>(std::countl_zero(draw));
  const std::uint64_t fraction = zeros == 63 ? 0 : draw << (zeros + 1);
  const std::uint64_t minus_log2 = (zeros + 1) * kOne - log2_one_plus(fraction);
  return static_cast<std::uint64_t>((static_cast<Wide>(minus_log2) * kLn2) >> kExponentialBits);
}

}  // namespace holdfast::load
