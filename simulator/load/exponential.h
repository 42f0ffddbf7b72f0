// Exponentially distributed waiting times by integer arithmetic alone, so that every compiler and
// processor draws the same ones (section 3, rule 8 of docs/architecture.md).
//
//   std::uint64_t wait = exponential_q40(stream.next());     // mean 1, in units of 2^-40
//
// -ln(u) for u uniform in (0, 1): u = 2^-(zeros + 1) * (1 + f), so -log2(u) = zeros + 1 - log2(1 + f), with
// log2(1 + f) from a table built by the compiler and interpolated between. The error is below 2e-7. Pure.
#pragma once

#include <cstdint>

namespace holdfast::load {

inline constexpr int kExponentialBits = 40;

// `draw` is 64 uniform bits; 0 counts as 1.
std::uint64_t exponential_q40(std::uint64_t draw);

}  // namespace holdfast::load
