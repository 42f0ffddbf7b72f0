// What the spool holds, in memory: its segments in order, and which of their records are settled
// (delivered, quarantined or expired). A sealed segment with nothing unsettled may be retired.
//
// A segment is known by the id in its name, and ids give the order of reading. One that was found
// while the spool was at work gets an id from kFirstApart on: it lies apart from the order, where
// nobody has passed it by.
//
// Guarded by its own lock; safe from any task. No I/O.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/spool/location_policy.h"

namespace holdfast::spool {

inline constexpr std::uint32_t kFirstApart = 0x80000000;
constexpr bool is_apart(std::uint32_t id) { return id >= kFirstApart; }

struct SegmentInfo {
  std::uint32_t id = 0;
  std::uint32_t file_id = 0;  // in the file's name and frames: the same id, but for a segment apart
  std::uint32_t location = 0;
  std::uint64_t epoch = 0;
  std::string path;
  std::uint64_t bytes = 0;  // committed
  std::uint32_t count = 0;  // ordinals 0 .. count-1 exist
  bool sealed = false;
};

class SegmentIndex {
 public:
  void add(SegmentInfo info);
  // `added` more records, in total `bytes` long.
  void grow(std::uint32_t id, std::uint32_t added, std::uint64_t bytes);
  void seal(std::uint32_t id);
  void erase(std::uint32_t id);

  // True the first time; false when it was settled before or the segment is gone.
  bool settle(std::uint32_t id, std::uint32_t ordinal);
  bool settled(std::uint32_t id, std::uint32_t ordinal) const;
  // Leading ordinals that are all settled: what a checkpoint may skip.
  std::uint32_t settled_prefix(std::uint32_t id) const;

  std::optional<SegmentInfo> find(std::uint32_t id) const;
  // In the order: the first segment with an id >= the given one, and the last of all.
  std::optional<SegmentInfo> first_from(std::uint32_t id) const;
  std::optional<SegmentInfo> last() const;
  std::vector<SegmentInfo> all() const;
  std::vector<SegmentInfo> retirable() const;

  std::uint64_t bytes() const;
  std::uint64_t bytes_in(std::uint32_t location) const;
  std::uint64_t unsettled() const;

 private:
  struct Segment {
    SegmentInfo info;
    std::vector<bool> settled;
    std::uint32_t unsettled = 0;
    std::uint32_t prefix = 0;
  };

  mutable base::Mutex mutex_;
  std::map<std::uint32_t, Segment> segments_;
  std::array<std::uint64_t, kMostLocations> bytes_{};
  std::uint64_t unsettled_ = 0;
};

}  // namespace holdfast::spool
