// How sure a sample makes us of a median: the sign test's bounds, by order statistics. No assumption
// about the distribution but that the values are independent draws of one.
//
//   MedianBounds bounds = median_bounds({0.93, 0.99, 0.97, 1.00, 0.98});
//   bounds.low                // 0.93: the median is at least this, wrong in at most 5 % of samples
//   bounds.high               // 1.00: the median is at most this, likewise
//
// Of n sorted values the k-th is a lower bound when fewer than k of n coins show heads with a
// probability of at most 5 %; the k-th from the end is the upper bound. k = bound_rank(n):
//
//      n   1..4   5..7   8..10   11,12   13..15   16,17   18..20
//      k     -      1      2       3        4       5        6
//
// (Conover, "Practical Nonparametric Statistics", the quantile test.) Integers only: exact up to 63
// values, beyond that rounded so that k is never too high. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace holdfast::gate {

inline constexpr std::size_t kFewestForBounds = 5;
inline constexpr std::size_t kMostForBounds = 4096;  // more values give the bound of so many

// The k above, counted from 1; 0 when n values cannot give a bound.
std::size_t bound_rank(std::size_t n);

struct MedianBounds {
  std::optional<double> median;  // the lower of the two middle values when n is even
  std::optional<double> low;     // each one-sided, 95 %; none for fewer than five values
  std::optional<double> high;
};

MedianBounds median_bounds(std::vector<double> values);

}  // namespace holdfast::gate
