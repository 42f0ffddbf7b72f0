#include "faultfs/model/space_budget.h"

#include <algorithm>
#include <limits>

#include "core/base/check.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kBlock = SpaceBudget::kBlock;

std::uint64_t blocks_for(std::uint64_t bytes) { return bytes / kBlock + (bytes % kBlock != 0 ? 1 : 0); }

// One past the last byte; offsets near the end of the range stop there.
std::uint64_t end_of(std::uint64_t offset, std::uint64_t size) {
  return offset + std::min(size, std::numeric_limits<std::uint64_t>::max() - offset);
}

}  // namespace

void SpaceBudget::limit(std::optional<std::uint64_t> left_bytes) {
  left_blocks_ = left_bytes ? std::optional(*left_bytes / kBlock) : std::nullopt;
}

std::uint64_t SpaceBudget::left_bytes() const { return left_blocks_.value_or(0) * kBlock; }

void SpaceBudget::make_inode() {
  if (left_inodes_ && *left_inodes_ > 0) --*left_inodes_;
}

void SpaceBudget::adopt(std::uint64_t inode, std::uint64_t size) {
  const auto [file, is_new] = files_.try_emplace(inode);
  if (!is_new || size == 0) return;
  file->second.emplace(0, blocks_for(size));
  used_blocks_ += blocks_for(size);
}

std::uint64_t SpaceBudget::fitting(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const {
  if (size == 0 || !left_blocks_) return size;
  const std::uint64_t first = offset / kBlock;
  const std::uint64_t last = blocks_for(end_of(offset, size));
  static const Extents kEmpty;
  const auto file = files_.find(inode);
  const Extents& extents = file == files_.end() ? kEmpty : file->second;
  if (missing_blocks(extents, first, last) <= *left_blocks_) return size;

  // The longest prefix of whole blocks that fits: walk the holes until the room runs out.
  std::uint64_t room = *left_blocks_;
  std::uint64_t at = first;
  auto extent = extents.upper_bound(at);
  if (extent != extents.begin()) --extent;
  for (;;) {
    while (extent != extents.end() && extent->second <= at) ++extent;
    const bool inside = extent != extents.end() && extent->first <= at;
    if (inside) {
      at = extent->second;
      continue;
    }
    const std::uint64_t hole_end = extent == extents.end() ? last : std::min(last, extent->first);
    if (hole_end - at > room) break;
    room -= hole_end - at;
    at = hole_end;
  }
  const std::uint64_t fits_until = (at + room) * kBlock;
  return fits_until > offset ? fits_until - offset : 0;
}

std::uint64_t SpaceBudget::write(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t granted = fitting(inode, offset, size);
  if (granted > 0) take(files_[inode], offset / kBlock, blocks_for(end_of(offset, granted)));
  return granted;
}

bool SpaceBudget::allocate(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) {
  if (fitting(inode, offset, size) < size) return false;
  if (size > 0) take(files_[inode], offset / kBlock, blocks_for(end_of(offset, size)));
  return true;
}

bool SpaceBudget::room_for_name() const { return !left_blocks_ || *left_blocks_ > 0; }

void SpaceBudget::truncate(std::uint64_t inode, std::uint64_t size) {
  const auto file = files_.find(inode);
  if (file == files_.end()) return;
  Extents& extents = file->second;
  const std::uint64_t keep = blocks_for(size);
  std::uint64_t freed = 0;
  for (auto extent = extents.begin(); extent != extents.end();) {
    const std::uint64_t kept_until = std::max(extent->first, std::min(extent->second, keep));
    freed += extent->second - kept_until;
    extent->second = kept_until;
    extent = extent->first == extent->second ? extents.erase(extent) : std::next(extent);
  }
  give_back(freed);
}

void SpaceBudget::remove(std::uint64_t inode) {
  truncate(inode, 0);
  files_.erase(inode);
  if (left_inodes_) ++*left_inodes_;
}

std::uint64_t SpaceBudget::missing_blocks(const Extents& extents, std::uint64_t first,
                                          std::uint64_t last) const {
  std::uint64_t missing = last - first;
  auto extent = extents.upper_bound(first);
  if (extent != extents.begin()) --extent;
  for (; extent != extents.end() && extent->first < last; ++extent) {
    const std::uint64_t from = std::max(first, extent->first);
    const std::uint64_t to = std::min(last, extent->second);
    if (from < to) missing -= to - from;
  }
  return missing;
}

void SpaceBudget::take(Extents& extents, std::uint64_t first, std::uint64_t last) {
  const std::uint64_t missing = missing_blocks(extents, first, last);
  if (missing == 0) return;
  if (left_blocks_) {
    HOLDFAST_CHECK(missing <= *left_blocks_, "blocks are taken only after they were found to fit");
    *left_blocks_ -= missing;
  }
  used_blocks_ += missing;
  // Swallow every extent that overlaps or touches, then put back their union.
  auto extent = extents.upper_bound(first);
  if (extent != extents.begin() && std::prev(extent)->second >= first) --extent;
  while (extent != extents.end() && extent->first <= last) {
    first = std::min(first, extent->first);
    last = std::max(last, extent->second);
    extent = extents.erase(extent);
  }
  extents.emplace(first, last);
}

void SpaceBudget::give_back(std::uint64_t blocks) {
  HOLDFAST_CHECK(blocks <= used_blocks_, "only blocks that were taken come back");
  used_blocks_ -= blocks;
  if (left_blocks_) *left_blocks_ += blocks;
}

}  // namespace holdfast::faultfs
