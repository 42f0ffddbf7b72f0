// One record in memory on its way to the upstream, and where else it is: in the spool (segment and
// ordinal) or nowhere (segment 0), in which case memory is the only place that has it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/env/transport.h"

namespace holdfast::delivery {

struct HeldRecord {
  static constexpr std::size_t kMaxBytes = 104;

  RecordKey key;
  std::uint32_t segment = 0;  // 0: only in memory
  std::uint32_t ordinal = 0;
  std::uint32_t generation = 0;  // of the flush() that waits for it, while only memory has it
  std::uint8_t size = 0;
  std::array<std::byte, kMaxBytes> bytes;  // a record frame, see ingest/record_frame.h

  bool spooled() const { return segment != 0; }
  Bytes frame() const { return Bytes(bytes).first(size); }
  std::span<std::byte> frame() { return std::span(bytes).first(size); }
  void assign(Bytes frame_bytes) {
    HOLDFAST_CHECK(frame_bytes.size() <= kMaxBytes, "a usage record's frame has a bounded size");
    size = static_cast<std::uint8_t>(frame_bytes.size());
    std::memcpy(bytes.data(), frame_bytes.data(), frame_bytes.size());
  }
};

}  // namespace holdfast::delivery
