// Logarithms and powers of two in whole numbers, for distributions that must be alike on every machine.
//
//   log2_of(1024)                          // 10 * kOne
//   times_power_of_two(1000, kOne / 2)     // 1414: 1000 * 2^0.5
//
// Exponents have 32 bits behind the point. Pure, and without libm, whose last digits differ.
#pragma once

#include <cstdint>

namespace holdfast::faultfs {

using Exponent = std::int64_t;
inline constexpr Exponent kOne = Exponent{1} << 32;

// Of a number that is at least 1; exact to 2^-32, rounded down.
Exponent log2_of(std::uint64_t number);

// number * 2^exponent, rounded down; at most `most`, however large it is. Below 2^-62 of the number: 0.
std::uint64_t times_power_of_two(std::uint64_t number, Exponent exponent, std::uint64_t most);

// How many of `count` a 64-bit draw picks: uniform in [0, count).
inline std::uint64_t scaled(std::uint64_t drawn, std::uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(drawn) * count >> 64);
}

}  // namespace holdfast::faultfs
