#include "simulator/oracle/corruption.h"

#include <algorithm>
#include <map>

#include "core/spool/format.h"

namespace holdfast::oracle {
namespace {

// The damaged bytes of one file: ranges that do not touch, by their begin.
class DamagedBytes {
 public:
  void add(std::uint64_t begin, std::uint64_t end) {
    auto after = ranges_.upper_bound(begin);
    if (after != ranges_.begin() && std::prev(after)->second >= begin) {
      --after;
      begin = after->first;
      end = std::max(end, after->second);
      after = ranges_.erase(after);
    }
    while (after != ranges_.end() && after->first <= end) {
      end = std::max(end, after->second);
      after = ranges_.erase(after);
    }
    ranges_.emplace(begin, end);
  }

  bool overlap(std::uint64_t begin, std::uint64_t end) const {
    const auto after = ranges_.lower_bound(end);
    return after != ranges_.begin() && std::prev(after)->second > begin;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;
};

}  // namespace

std::vector<bool> hit_by_corruption(const RunRecord& run) {
  std::map<std::string, DamagedBytes> files;
  for (const auto& range : run.damage) files[range.path].add(range.begin, range.end);
  const bool restarted = !run.ended_lives.empty();
  std::vector<bool> hit(run.ledger.size(), false);
  for (const auto& claim : run.frames) {
    const auto file = files.find(claim.path);
    if (file == files.end()) continue;
    const bool headless = restarted && file->second.overlap(0, spool::kSegmentHeaderBytes);
    std::uint64_t begin = claim.begin;
    for (std::size_t i = 0; i < claim.references.size(); ++i) {
      const std::uint64_t end = claim.ends[i], reference = claim.references[i];
      if (reference < hit.size() && (headless || file->second.overlap(begin, end))) hit[reference] = true;
      begin = end;
    }
  }
  return hit;
}

}  // namespace holdfast::oracle
