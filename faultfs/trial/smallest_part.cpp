#include "faultfs/trial/smallest_part.h"

#include <algorithm>
#include <numeric>

namespace holdfast::faultfs {
namespace {

// The i-th of `parts` parts of equal size, or all but that.
Chosen part_of(const Chosen& all, std::size_t i, std::size_t parts, bool without) {
  const std::size_t from = all.size() * i / parts;
  const std::size_t to = all.size() * (i + 1) / parts;
  Chosen chosen;
  for (std::size_t k = 0; k < all.size(); ++k)
    if ((k >= from && k < to) != without) chosen.push_back(all[k]);
  return chosen;
}

}  // namespace

Chosen smallest_part(std::size_t count, const std::function<bool(const Chosen&)>& fails) {
  Chosen all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::size_t parts = 2;
  // Of two parts, what is without one is the other.
  const auto smaller = [&](bool without) {
    if (without && parts == 2) return false;
    for (std::size_t i = 0; i < parts; ++i) {
      Chosen chosen = part_of(all, i, parts, without);
      if (!fails(chosen)) continue;
      all = std::move(chosen);
      parts = without ? std::max<std::size_t>(parts - 1, 2) : 2;
      return true;
    }
    return false;
  };
  while (all.size() > 1) {
    parts = std::min(parts, all.size());
    if (smaller(false) || smaller(true)) continue;
    if (parts == all.size()) break;
    parts *= 2;
  }
  return all;
}

}  // namespace holdfast::faultfs
