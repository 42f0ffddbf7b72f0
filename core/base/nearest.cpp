#include "core/base/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

constexpr std::size_t kLongestName = 64;  // longer input is nobody's typing error

// Letters inserted, removed, replaced (Levenshtein), one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view found, std::span<const std::string_view> allowed) {
  std::string_view best;
  if (found.size() > kLongestName) return {};
  std::size_t least = (found.size() < 4 ? 1 : std::max<std::size_t>(2, found.size() / 3)) + 1;
  for (auto name : allowed) {
    const std::size_t changes = distance(found, name);
    if (changes < least) {
      least = changes;
      best = name;
    }
  }
  return std::string(best);
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string quoted_list(std::span<const std::string_view> names) {
  std::string list;
  for (auto name : names) list += (list.empty() ? "" : ", ") + in_quotes(name);
  return list;
}

std::string allowed_names(std::string_view found, std::span<const std::string_view> allowed) {
  const std::string near = nearest_name(found, allowed);
  return "; allowed are " + quoted_list(allowed) +
         (near.empty() ? "" : "; did you mean " + in_quotes(near) + "?");
}

}  // namespace holdfast
