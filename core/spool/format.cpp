#include "core/spool/format.h"

#include <array>
#include <charconv>

#include "core/base/check.h"
#include "core/base/crc32c.h"

namespace holdfast::spool {
namespace {

constexpr std::string_view kSegmentMagic = "HFSPOOL1";
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kIdDigits = 8;

// Of header and payload, without the four bytes in which it is kept. Another place is always another
// checksum.
std::uint32_t frame_checksum(Bytes covered, FramePlace place) {
  return crc32c(covered) ^ static_cast<std::uint32_t>(place.offset);
}

}  // namespace

void append_segment_header(ByteBuffer& out, const SegmentHeader& header) {
  const std::size_t at = out.size();
  out.resize(at + kSegmentHeaderBytes);
  ByteWriter writer(out.data() + at);
  for (char c : kSegmentMagic) writer.u8(static_cast<std::uint8_t>(c));
  writer.u32(kSegmentHeaderBytes);
  writer.u32(header.id);
  writer.u64(header.epoch);
  const Bytes covered = Bytes(out).subspan(at, kSegmentHeaderBytes - 4);
  ByteWriter(out.data() + at + kSegmentHeaderBytes - 4).u32(crc32c(covered));
}

std::optional<SegmentHeader> parse_segment_header(Bytes bytes) {
  if (bytes.size() < kSegmentHeaderBytes || as_text(bytes.first(kSegmentMagic.size())) != kSegmentMagic)
    return std::nullopt;
  const std::uint32_t crc = ByteReader(bytes.subspan(kSegmentHeaderBytes - 4)).u32();
  if (crc32c(bytes.first(kSegmentHeaderBytes - 4)) != crc) return std::nullopt;
  ByteReader reader(bytes.subspan(kSegmentMagic.size()));
  if (reader.u32() != kSegmentHeaderBytes) return std::nullopt;
  SegmentHeader header;
  header.id = reader.u32();
  header.epoch = reader.u64();
  return header;
}

void append_frame(ByteBuffer& out, FramePlace place, const FrameView& frame) {
  HOLDFAST_CHECK(frame.payload.size() <= kMaxPayloadBytes, "a payload fits its frame");
  const std::size_t at = out.size();
  out.resize(at + framed_bytes(frame.payload.size()));
  ByteWriter writer(out.data() + at + 4);
  writer.u16(static_cast<std::uint16_t>(frame.payload.size()));
  writer.u8(static_cast<std::uint8_t>(frame.kind));
  writer.u8(0);
  writer.u32(place.segment);
  writer.u32(frame.ordinal);
  writer.u64(frame.sequence);
  if (!frame.payload.empty()) std::memcpy(writer.position(), frame.payload.data(), frame.payload.size());
  const Bytes covered = Bytes(out).subspan(at + 4, kFrameHeaderBytes - 4 + frame.payload.size());
  ByteWriter(out.data() + at).u32(frame_checksum(covered, place));
}

std::optional<FrameView> parse_frame(Bytes bytes, FramePlace place) {
  if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
  ByteReader reader(bytes);
  const std::uint32_t crc = reader.u32();
  const std::size_t size = reader.u16();
  const std::uint8_t kind = reader.u8();
  reader.u8();
  const std::uint32_t id = reader.u32();
  FrameView frame;
  frame.ordinal = reader.u32();
  frame.sequence = reader.u64();
  if (id != place.segment || size > kMaxPayloadBytes || bytes.size() < framed_bytes(size))
    return std::nullopt;
  if (kind != static_cast<std::uint8_t>(FrameKind::record) &&
      kind != static_cast<std::uint8_t>(FrameKind::footer))
    return std::nullopt;
  if (frame_checksum(bytes.subspan(4, kFrameHeaderBytes - 4 + size), place) != crc) return std::nullopt;
  frame.kind = static_cast<FrameKind>(kind);
  frame.payload = bytes.subspan(kFrameHeaderBytes, size);
  return frame;
}

std::string segment_name(std::uint32_t id) {
  std::array<char, kIdDigits> digits;
  for (std::size_t i = 0; i < kIdDigits; ++i) digits[i] = "0123456789abcdef"[(id >> (28 - 4 * i)) & 0xf];
  return std::string(digits.data(), digits.size()).append(kSuffix);
}

std::optional<std::uint32_t> segment_id_of(std::string_view name) {
  if (name.size() != kIdDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint32_t id = 0;
  const char* end = name.data() + kIdDigits;
  const auto parsed = std::from_chars(name.data(), end, id, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return id;
}

}  // namespace holdfast::spool
