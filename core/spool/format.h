// The bytes of a segment file. docs/spool-format.md has the grammar and a worked example.
//
//   segment = header frame* [footer]
//
//   header, 64 bytes                        frame header, 24 bytes, then the payload, padded to 8
//    0  char[8] "HFSPOOL1"                   0  u32 checksum, see below
//    8  u32 header size (64)                 4  u16 payload size
//   12  u32 segment id                       6  u8  kind: 1 record, 2 footer
//   16  u64 epoch                            7  u8  0
//   24  u8[36] 0                             8  u32 segment id
//   60  u32 crc32c over bytes 0..59         12  u32 ordinal: 0, 1, 2, ... in this segment
//                                           16  u64 sequence: the record's, within the epoch
//
// The checksum is the crc32c over bytes 4.. of header and payload, xor the frame's offset in the file: a
// frame that the disk has written elsewhere (a misdirected write) is sound in itself and yet not valid there.
// A footer is a frame whose ordinal is the count of records before it; its payload is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace holdfast::spool {

inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::size_t kMaxPayloadBytes = 4096;  // a usage record takes at most 104

enum class FrameKind : std::uint8_t { record = 1, footer = 2 };

struct SegmentHeader {
  std::uint32_t id = 0;
  std::uint64_t epoch = 0;
};

struct FrameView {
  FrameKind kind = FrameKind::record;
  std::uint32_t ordinal = 0;
  std::uint64_t sequence = 0;
  Bytes payload;
};

constexpr std::size_t padded(std::size_t size) { return (size + 7) & ~std::size_t{7}; }
constexpr std::size_t framed_bytes(std::size_t payload) { return padded(kFrameHeaderBytes + payload); }

void append_segment_header(ByteBuffer& out, const SegmentHeader& header);
std::optional<SegmentHeader> parse_segment_header(Bytes bytes);

// Which segment of the spool, and where in it.
struct FramePlace {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
};

void append_frame(ByteBuffer& out, FramePlace place, const FrameView& frame);
// The frame that starts at the first byte; nullopt when it is not a whole, undamaged frame that was written
// for this place.
std::optional<FrameView> parse_frame(Bytes bytes, FramePlace place);

// "0000002a.seg" and back.
std::string segment_name(std::uint32_t id);
std::optional<std::uint32_t> segment_id_of(std::string_view name);

}  // namespace holdfast::spool
