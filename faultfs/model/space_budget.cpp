#include "faultfs/model/space_budget.h"

#include <algorithm>
#include <bit>
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

template <class Visit>
void for_each_of(SpaceBudget::LimitSet set, Visit visit) {
  for (; set != 0; set &= set - 1) visit(static_cast<std::size_t>(std::countr_zero(set)));
}

}  // namespace

void SpaceBudget::limit(std::optional<std::uint64_t> left_bytes) {
  most_blocks_ = left_bytes ? std::optional(used_blocks_ + *left_bytes / kBlock) : std::nullopt;
}

std::uint64_t SpaceBudget::left_blocks() const {
  const std::uint64_t most = most_blocks_.value_or(0);
  return most - std::min(most, used_blocks_);
}

std::uint64_t SpaceBudget::left_bytes() const { return left_blocks() * kBlock; }

void SpaceBudget::lift_limits() {
  limits_ = {};
  within_.clear();
}

SpaceBudget::LimitSet SpaceBudget::limits_of(std::uint64_t inode) const {
  const auto known = within_.find(inode);
  return known == within_.end() ? 0 : known->second;
}

void SpaceBudget::make_inode(LimitSet within) {
  for_each_of(within, [&](std::size_t number) {
    auto& left = limits_[number].inodes;
    if (left && *left > 0) --*left;
  });
}

void SpaceBudget::adopt(std::uint64_t inode, std::uint64_t size) {
  const auto [file, is_new] = files_.try_emplace(inode);
  if (!is_new || size == 0) return;
  file->second.emplace(0, blocks_for(size));
  used_blocks_ += blocks_for(size);
  if (most_blocks_) *most_blocks_ += blocks_for(size);
}

// The smallest room that any limit leaves; none where nothing limits.
std::optional<std::uint64_t> SpaceBudget::room_of(std::uint64_t inode) const {
  std::optional<std::uint64_t> room;
  if (limited()) room = left_blocks();
  for_each_of(limits_of(inode), [&](std::size_t number) {
    const auto& left = limits_[number].blocks;
    if (left) room = std::min(room.value_or(*left), *left);
  });
  return room;
}

std::uint64_t SpaceBudget::fitting(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const {
  return fitting({.blocks = room_of(inode)}, inode, offset, size);
}

std::uint64_t SpaceBudget::fitting(const Limit& limit, std::uint64_t inode, std::uint64_t offset,
                                   std::uint64_t size) const {
  if (size == 0 || !limit.blocks) return size;
  const std::uint64_t first = offset / kBlock;
  const std::uint64_t last = blocks_for(end_of(offset, size));
  static const Extents kEmpty;
  const auto file = files_.find(inode);
  const Extents& extents = file == files_.end() ? kEmpty : file->second;
  if (missing_blocks(extents, first, last) <= *limit.blocks) return size;

  // The longest prefix of whole blocks that fits: walk the holes until the room runs out.
  std::uint64_t room = *limit.blocks;
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
  if (granted > 0) take(inode, offset / kBlock, blocks_for(end_of(offset, granted)));
  return granted;
}

bool SpaceBudget::allocate(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) {
  if (fitting(inode, offset, size) < size) return false;
  if (size > 0) take(inode, offset / kBlock, blocks_for(end_of(offset, size)));
  return true;
}

void SpaceBudget::occupy(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) {
  if (size > 0) take(inode, offset / kBlock, blocks_for(end_of(offset, size)));
}

bool SpaceBudget::room_for_name() const { return !limited() || left_blocks() > 0; }

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
  give_back(inode, freed);
}

void SpaceBudget::remove(std::uint64_t inode) {
  truncate(inode, 0);
  files_.erase(inode);
  for_each_of(limits_of(inode), [&](std::size_t number) {
    if (auto& left = limits_[number].inodes) ++*left;
  });
  within_.erase(inode);
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

// Of each limit that the inode is within.
template <class Change>
void SpaceBudget::change_blocks(std::uint64_t inode, Change change) {
  for_each_of(limits_of(inode), [&](std::size_t number) {
    if (auto& left = limits_[number].blocks) change(*left);
  });
}

void SpaceBudget::take(std::uint64_t inode, std::uint64_t first, std::uint64_t last) {
  Extents& extents = files_[inode];
  const std::uint64_t missing = missing_blocks(extents, first, last);
  if (missing == 0) return;
  change_blocks(inode, [&](std::uint64_t& left) { left -= std::min(left, missing); });
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

void SpaceBudget::give_back(std::uint64_t inode, std::uint64_t blocks) {
  HOLDFAST_CHECK(blocks <= used_blocks_, "only blocks that were taken come back");
  used_blocks_ -= blocks;
  change_blocks(inode, [&](std::uint64_t& left) { left += blocks; });
}

}  // namespace holdfast::faultfs
