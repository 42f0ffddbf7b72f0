// What programs wrote to files, as a checksum of each sector, whatever became of it on the way to the disk:
// what survived is compared with it.
//
//   sectors.wrote(inode, offset, bytes, before);      // `before`: what the file held in those sectors
//   sectors.forget(inode, from, to);                  // changed otherwise: nothing is known of it
//   for (const auto& run : sectors.runs(inode, unsynced, size)) ... run.crc32c ...
//
// A sector beyond the end of its file counts as filled up with zeros. Where a write covers a sector in part
// and the rest is not what was written there, nothing is known of it any more. Bounded: of more than
// kMostSectors the later are not known, and complete() says so. Not thread-safe. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "faultfs/model/durability_ledger.h"

namespace holdfast::faultfs {

class WrittenSectors {
 public:
  static constexpr std::uint64_t kSector = DurabilityLedger::kSector;
  static constexpr std::size_t kMostSectors = 1'000'000;
  static constexpr std::uint64_t kLongestRun = 64 << 10;  // bytes: how near a difference is placed

  static std::uint64_t first_byte(std::uint64_t offset) { return offset / kSector * kSector; }
  static std::uint64_t behind(std::uint64_t end) { return (end + kSector - 1) / kSector * kSector; }

  // `before` begins at first_byte(offset).
  void wrote(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes,
             std::span<const std::byte> before);
  void forget(std::uint64_t inode, std::uint64_t from, std::uint64_t to);
  // The file lives on in another inode.
  void moved(std::uint64_t inode, std::uint64_t to);
  bool complete() const { return complete_; }

  struct Run {
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    std::uint32_t crc32c = 0;  // over the checksums of its sectors
    bool operator==(const Run&) const = default;
  };
  // What is known of a file of this size, but for the sectors that these ranges touch, which are sorted and
  // do not overlap.
  std::vector<Run> runs(std::uint64_t inode, const std::vector<DurabilityLedger::Range>& without,
                        std::uint64_t size) const;

 private:
  using File = std::map<std::uint64_t, std::uint32_t>;  // checksum by sector
  std::map<std::uint64_t, File> files_;
  std::size_t count_ = 0;
  bool complete_ = true;

  void note(File& file, std::uint64_t sector, std::uint32_t checksum);
};

// The checksum of a run as it is in `bytes`.
std::uint32_t checksum_of_run(std::span<const std::byte> bytes);

}  // namespace holdfast::faultfs
