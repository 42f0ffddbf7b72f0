#include "core/spool/segment_index.h"

#include <iterator>
#include <numeric>

#include "core/base/check.h"

namespace holdfast::spool {

void SegmentIndex::add(SegmentInfo info) {
  base::MutexLock lock(mutex_);
  const std::uint32_t id = info.id;
  Segment segment{.info = std::move(info), .settled = {}, .unsettled = 0, .prefix = 0};
  segment.settled.resize(segment.info.count, false);
  segment.unsettled = segment.info.count;
  bytes_.at(segment.info.location) += segment.info.bytes;
  unsettled_ += segment.info.count;
  const bool added = segments_.emplace(id, std::move(segment)).second;
  HOLDFAST_CHECK(added, "a segment id is used once");
}

void SegmentIndex::grow(std::uint32_t id, std::uint32_t added, std::uint64_t bytes) {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  HOLDFAST_CHECK(found != segments_.end() && !found->second.info.sealed, "only the active segment grows");
  Segment& segment = found->second;
  bytes_[segment.info.location] += bytes - segment.info.bytes;
  segment.info.bytes = bytes;
  segment.info.count += added;
  segment.settled.resize(segment.info.count, false);
  segment.unsettled += added;
  unsettled_ += added;
}

void SegmentIndex::seal(std::uint32_t id) {
  base::MutexLock lock(mutex_);
  if (auto found = segments_.find(id); found != segments_.end()) found->second.info.sealed = true;
}

void SegmentIndex::erase(std::uint32_t id) {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  if (found == segments_.end()) return;
  bytes_[found->second.info.location] -= found->second.info.bytes;
  unsettled_ -= found->second.unsettled;
  segments_.erase(found);
}

bool SegmentIndex::settle(std::uint32_t id, std::uint32_t ordinal) {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  if (found == segments_.end()) return false;
  Segment& segment = found->second;
  HOLDFAST_CHECK(ordinal < segment.info.count, "only records that exist are settled");
  if (segment.settled[ordinal]) return false;
  segment.settled[ordinal] = true;
  --segment.unsettled;
  --unsettled_;
  while (segment.prefix < segment.info.count && segment.settled[segment.prefix]) ++segment.prefix;
  return true;
}

bool SegmentIndex::settled(std::uint32_t id, std::uint32_t ordinal) const {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  return found == segments_.end() || ordinal >= found->second.info.count || found->second.settled[ordinal];
}

std::uint32_t SegmentIndex::settled_prefix(std::uint32_t id) const {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  return found == segments_.end() ? 0 : found->second.prefix;
}

std::optional<SegmentInfo> SegmentIndex::find(std::uint32_t id) const {
  base::MutexLock lock(mutex_);
  auto found = segments_.find(id);
  if (found == segments_.end()) return std::nullopt;
  return found->second.info;
}

std::optional<SegmentInfo> SegmentIndex::first_from(std::uint32_t id) const {
  base::MutexLock lock(mutex_);
  auto found = segments_.lower_bound(id);
  if (found == segments_.end() || is_apart(found->first)) return std::nullopt;
  return found->second.info;
}

std::optional<SegmentInfo> SegmentIndex::last() const {
  base::MutexLock lock(mutex_);
  const auto behind = segments_.lower_bound(kFirstApart);
  if (behind == segments_.begin()) return std::nullopt;
  return std::prev(behind)->second.info;
}

std::vector<SegmentInfo> SegmentIndex::all() const {
  base::MutexLock lock(mutex_);
  std::vector<SegmentInfo> infos;
  for (const auto& [id, segment] : segments_) infos.push_back(segment.info);
  return infos;
}

std::vector<SegmentInfo> SegmentIndex::retirable() const {
  base::MutexLock lock(mutex_);
  std::vector<SegmentInfo> infos;
  for (const auto& [id, segment] : segments_)
    if (segment.info.sealed && segment.unsettled == 0) infos.push_back(segment.info);
  return infos;
}

std::uint64_t SegmentIndex::bytes() const {
  base::MutexLock lock(mutex_);
  return std::accumulate(bytes_.begin(), bytes_.end(), std::uint64_t{0});
}

std::uint64_t SegmentIndex::bytes_in(std::uint32_t location) const {
  base::MutexLock lock(mutex_);
  return bytes_.at(location);
}

std::uint64_t SegmentIndex::unsettled() const {
  base::MutexLock lock(mutex_);
  return unsettled_;
}

}  // namespace holdfast::spool
