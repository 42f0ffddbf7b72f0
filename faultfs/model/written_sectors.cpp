#include "faultfs/model/written_sectors.h"

#include <algorithm>
#include <array>

#include "core/base/crc32c.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kSector = WrittenSectors::kSector;
using Sector = std::array<std::byte, kSector>;

// What lies there of `bytes`, which begin at `start`; zeros beyond.
void lay(Sector& sector, std::uint64_t number, std::span<const std::byte> bytes, std::uint64_t start) {
  const std::uint64_t begin = std::max(number * kSector, start);
  const std::uint64_t end = std::min((number + 1) * kSector, start + bytes.size());
  if (begin >= end) return;
  std::ranges::copy(bytes.subspan(begin - start, end - begin),
                    sector.begin() + static_cast<std::ptrdiff_t>(begin - number * kSector));
}

std::uint32_t continued(std::uint32_t crc, std::uint32_t checksum) {
  return crc32c(std::as_bytes(std::span(&checksum, 1)), crc);
}

}  // namespace

void WrittenSectors::note(File& file, std::uint64_t sector, std::uint32_t checksum) {
  const auto [found, fresh] = file.insert_or_assign(sector, checksum);
  if (!fresh) return;
  if (++count_ <= kMostSectors) return;
  complete_ = false;
  file.erase(found);
  --count_;
}

void WrittenSectors::wrote(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes,
                           std::span<const std::byte> before) {
  if (bytes.empty()) return;
  File& file = files_[inode];
  const std::uint64_t end = offset + bytes.size();
  for (std::uint64_t number = offset / kSector; number * kSector < end; ++number) {
    Sector sector{};
    lay(sector, number, before, first_byte(offset));
    const bool whole = offset <= number * kSector && (number + 1) * kSector <= end;
    const auto known = file.find(number);
    if (!whole && known != file.end() && known->second != crc32c(sector)) {
      file.erase(known);
      --count_;
      continue;
    }
    lay(sector, number, bytes, offset);
    note(file, number, crc32c(sector));
  }
}

void WrittenSectors::forget(std::uint64_t inode, std::uint64_t from, std::uint64_t to) {
  const auto file = files_.find(inode);
  if (file == files_.end() || from >= to) return;
  const auto begin = file->second.lower_bound(from / kSector);
  const auto end = file->second.lower_bound((to - 1) / kSector + 1);
  count_ -= static_cast<std::size_t>(std::distance(begin, end));
  file->second.erase(begin, end);
  if (file->second.empty()) files_.erase(file);
}

void WrittenSectors::moved(std::uint64_t inode, std::uint64_t to) {
  if (inode == to) return;
  auto file = files_.extract(inode);
  if (file.empty()) return;
  forget(to, 0, UINT64_MAX);
  files_.insert_or_assign(to, std::move(file.mapped()));
}

std::vector<WrittenSectors::Run> WrittenSectors::runs(std::uint64_t inode,
                                                      const std::vector<DurabilityLedger::Range>& without,
                                                      std::uint64_t size) const {
  std::vector<Run> runs;
  const auto file = files_.find(inode);
  if (file == files_.end()) return runs;
  auto range = without.begin();
  for (const auto& [number, checksum] : file->second) {
    const std::uint64_t begin = number * kSector;
    const std::uint64_t end = std::min(begin + kSector, size);
    if (begin >= size) break;
    while (range != without.end() && range->end <= begin) ++range;
    if (range != without.end() && range->begin < begin + kSector) continue;
    const bool continues =
        !runs.empty() && runs.back().end == begin && end - runs.back().offset <= kLongestRun;
    if (!continues) runs.push_back({begin, begin, 0});
    runs.back().end = end;
    runs.back().crc32c = continued(runs.back().crc32c, checksum);
  }
  return runs;
}

std::uint32_t checksum_of_run(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0;
  for (std::size_t at = 0; at < bytes.size(); at += kSector) {
    Sector sector{};
    lay(sector, 0, bytes.subspan(at), 0);
    crc = continued(crc, crc32c(sector));
  }
  return crc;
}

}  // namespace holdfast::faultfs
