// The fewest of many that still do what all of them do together: delta debugging (Zeller and Hildebrandt,
// "Simplifying and isolating failure-inducing input", 2002).
//
//   auto part = smallest_part(faults.size(), [&](const std::vector<std::size_t>& chosen) { return
//   fails(chosen); });
//
// `fails` holds of all. It holds of the answer too, and of nothing that lacks one more of it. It is asked at
// most about n * n times, usually some n * log n; no question twice in a row. Answers rise. Pure but for
// `fails`.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace holdfast::faultfs {

using Chosen = std::vector<std::size_t>;

Chosen smallest_part(std::size_t count, const std::function<bool(const Chosen&)>& fails);

}  // namespace holdfast::faultfs
