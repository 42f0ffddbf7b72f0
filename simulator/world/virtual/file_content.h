// The bytes of one file, as a program sees them now and as the device would give them back after a
// power cut. Pure: no time, no faults, no names.
//
//   content.write(0, bytes);              // visible at once, durable not at all
//   content.begin_sync();                 // what is dirty now is on its way
//   content.end_sync(true);               // and has arrived; false: it never will
//   content.durable(0, bytes.size());     // would [0, n) come back as it is now?
//
// Only what differs is kept twice: for each sector that is not durable, the bytes the device still
// holds (nothing where they are zeros), so that appending and syncing copies no more than a sector.
//
//   sector        write          begin_sync         end_sync(true)
//   durable ───▶ dirty ──────▶ in flight ─────────▶ durable
//                  ▲                └─ end_sync(false) ─▶ lost: clean for the page cache, so a later
//                  └────── write ───────────────────────── sync skips it; only a write revives it
//
// A power cut will choose, for each sector that is not durable, the old or the new bytes, and a size
// between the two: `old_`, the page store and the two sizes hold all it needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/base/bytes.h"
#include "simulator/world/virtual/range_set.h"

namespace holdfast::world {

class FileContent {
 public:
  static constexpr std::uint64_t kSector = 512;

  std::uint64_t size() const { return size_; }
  std::uint64_t durable_size() const { return durable_size_; }

  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, Bytes bytes);
  // Changes bytes where they lie, in the page cache and on the device, past all bookkeeping: what was
  // durable stays so, damaged. `change` gets the bytes of [begin, end) of each copy.
  using Change = std::function<void(std::uint64_t begin, std::span<std::byte> bytes)>;
  void damage(std::uint64_t begin, std::uint64_t end, const Change& change);
  // Cuts the file off, or extends it with zeros.
  void truncate(std::uint64_t size);

  // One sync at a time. Bytes written between the two calls belong to the next one.
  void begin_sync();
  void end_sync(bool arrived);

  bool durable(std::uint64_t begin, std::uint64_t end) const;
  ByteBuffer durable_bytes() const;
  ByteBuffer visible_bytes() const;

 private:
  static constexpr std::uint64_t kPage = 16 * 1024;
  using Sector = std::array<std::byte, kSector>;
  using Page = std::array<std::byte, kPage>;

  const std::byte* page_byte(std::uint64_t offset) const;  // null where the page is all zeros
  Sector sector(std::uint64_t number) const;
  Sector durable_sector(std::uint64_t number) const;
  void touch(std::uint64_t first, std::uint64_t last);
  void keep_old(std::uint64_t first, std::uint64_t last);
  void keep_in_flight(std::uint64_t first, std::uint64_t last);
  void zero(std::uint64_t begin, std::uint64_t end);

  std::uint64_t size_ = 0;
  std::uint64_t durable_size_ = 0;
  std::vector<std::unique_ptr<Page>> pages_;
  RangeSet unsynced_;                     // sectors that the device does not hold as they are seen
  RangeSet dirty_;                        // those of them that the next sync takes
  std::map<std::uint64_t, Sector> old_;   // what the device holds of an unsynced sector; absent: zeros
  RangeSet in_flight_;                    // those that the sync under way took
  std::map<std::uint64_t, Sector> sent_;  // as they were taken, if written again since
  std::uint64_t size_in_flight_ = 0;
};

}  // namespace holdfast::world
