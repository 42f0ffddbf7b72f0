#include "simulator/sweep/call_hashes.h"

#include <fmt/format.h>

namespace holdfast::sweep {

void CallHashes::note(const run::TraceLine& line) {
  if (line.hash == 0 || !difference_.empty()) return;  // no port call; found already
  if (!comparing_) {
    if (hashes_.size() < kMostCalls) hashes_.push_back(line.hash);
    return;
  }
  const std::size_t number = at_++;
  if (number >= kMostCalls || (number < hashes_.size() && hashes_[number] == line.hash)) return;
  difference_ =
      fmt::format("event {} differs: the second time it is{}", number + 1, " " + run::format_line(line));
}

}  // namespace holdfast::sweep
