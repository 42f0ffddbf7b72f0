#include "faultfs/model/old_contents.h"

#include <algorithm>

namespace holdfast::faultfs {
namespace {

struct Overlap {
  std::uint64_t begin;
  std::uint64_t end;  // not after begin: none
};

Overlap overlap(const OldBytes& old, std::uint64_t offset, std::uint64_t size) {
  return {std::max(old.offset, offset), std::min(old.offset + old.bytes.size(), offset + size)};
}

}  // namespace

void OldContents::keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty() || bytes.size() > kMostBytes) return;
  kept_.push_back({inode, {offset, {bytes.begin(), bytes.end()}}});
  bytes_ += bytes.size();
  while (bytes_ > kMostBytes || kept_.size() > kMostWrites) {
    bytes_ -= kept_.front().old.bytes.size();
    kept_.pop_front();
  }
}

std::vector<OldBytes> OldContents::before(std::uint64_t inode, std::uint64_t offset,
                                          std::uint64_t size) const {
  std::vector<OldBytes> found;
  for (const Kept& kept : kept_) {
    if (kept.inode != inode) continue;
    const auto [begin, end] = overlap(kept.old, offset, size);
    if (begin >= end) continue;
    const auto first = kept.old.bytes.begin() + static_cast<std::ptrdiff_t>(begin - kept.old.offset);
    found.push_back({begin, {first, first + static_cast<std::ptrdiff_t>(end - begin)}});
  }
  return found;
}

bool OldContents::knows(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) const {
  return std::ranges::any_of(kept_, [&](const Kept& kept) {
    const auto [begin, end] = overlap(kept.old, offset, size);
    return kept.inode == inode && begin < end;
  });
}

void OldContents::forget(std::uint64_t inode) {
  std::erase_if(kept_, [&](const Kept& kept) {
    if (kept.inode == inode) bytes_ -= kept.old.bytes.size();
    return kept.inode == inode;
  });
}

void OldContents::clear() {
  kept_.clear();
  bytes_ = 0;
}

void apply_old(std::span<const OldBytes> old, std::uint64_t offset, std::span<std::byte> bytes) {
  for (const OldBytes& before : old) {
    const auto [begin, end] = overlap(before, offset, bytes.size());
    if (begin >= end) continue;
    std::copy_n(before.bytes.begin() + static_cast<std::ptrdiff_t>(begin - before.offset), end - begin,
                bytes.begin() + static_cast<std::ptrdiff_t>(begin - offset));
  }
}

}  // namespace holdfast::faultfs
