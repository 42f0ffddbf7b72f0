#include "faultfs/model/unsynced.h"

#include <algorithm>

namespace holdfast::faultfs {

void Unsynced::keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  old_.keep(inode, offset, bytes);
}

// The latest write is taken back first.
Reversal Unsynced::take(std::uint64_t inode) {
  Reversal back{old_.before(inode, 0, UINT64_MAX), std::nullopt};
  std::ranges::reverse(back.writes);
  if (const auto size = sizes_.find(inode); size != sizes_.end()) back.size = size->second;
  forget(inode);
  return back;
}

void Unsynced::forget(std::uint64_t inode) {
  old_.forget(inode);
  sizes_.erase(inode);
}

void Unsynced::clear() {
  old_.clear();
  sizes_.clear();
}

}  // namespace holdfast::faultfs
