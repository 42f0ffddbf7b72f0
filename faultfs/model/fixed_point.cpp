#include "faultfs/model/fixed_point.h"

#include <array>
#include <bit>

#include "core/base/check.h"

namespace holdfast::faultfs {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kFraction = 32;   // bits of an exponent behind its point
constexpr int kPrecision = 62;  // bits of a power behind its point

constexpr std::uint64_t square_root(Wide number) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t tried = root | std::uint64_t{1} << bit;
    if (static_cast<Wide>(tried) * tried <= number) root = tried;
  }
  return root;
}

// 2^(1/2), 2^(1/4), ...: each the root of the one before.
constexpr std::array<std::uint64_t, kFraction> roots_of_two() {
  std::array<std::uint64_t, kFraction> roots{};
  std::uint64_t root = std::uint64_t{2} << kPrecision;
  for (auto& next : roots) next = root = square_root(static_cast<Wide>(root) << kPrecision);
  return roots;
}
constexpr auto kRoots = roots_of_two();

}  // namespace

// One squaring of the mantissa for each bit behind the point.
Exponent log2_of(std::uint64_t number) {
  HOLDFAST_CHECK(number > 0, "only what is above zero has a logarithm");
  const int whole = 63 - std::countl_zero(number);
  std::uint64_t mantissa = number << (63 - whole);  // 63 bits behind the point, in [1, 2)
  std::uint64_t fraction = 0;
  for (int bit = kFraction - 1; bit >= 0; --bit) {
    const Wide square = static_cast<Wide>(mantissa) * mantissa >> 63;
    const bool at_least_two = square >> 64 != 0;
    if (at_least_two) fraction |= std::uint64_t{1} << bit;
    mantissa = static_cast<std::uint64_t>(at_least_two ? square >> 1 : square);
  }
  return Exponent{whole} * kOne + static_cast<Exponent>(fraction);
}

std::uint64_t times_power_of_two(std::uint64_t number, Exponent exponent, std::uint64_t most) {
  const Exponent whole = exponent >> kFraction;  // rounded down, so the rest is not negative
  const auto fraction = static_cast<std::uint64_t>(exponent & (kOne - 1));
  std::uint64_t power = std::uint64_t{1} << kPrecision;
  for (int i = 0; i < kFraction; ++i)
    if ((fraction >> (kFraction - 1 - i) & 1) != 0)
      power = static_cast<std::uint64_t>(static_cast<Wide>(power) * kRoots[static_cast<std::size_t>(i)] >>
                                         kPrecision);
  const Wide product = static_cast<Wide>(number) * power;  // kPrecision bits behind the point
  const Exponent shift = kPrecision - whole;
  if (shift > 2 * kPrecision) return 0;
  if (shift >= 0) return product >> shift > most ? most : static_cast<std::uint64_t>(product >> shift);
  const bool fits = -shift < 64 && product <= static_cast<Wide>(most) >> -shift;
  return fits ? static_cast<std::uint64_t>(product << -shift) : (number == 0 ? 0 : most);
}

}  // namespace holdfast::faultfs
