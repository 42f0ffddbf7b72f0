#include "core/spool/format.h"

#include <gtest/gtest.h>

namespace holdfast::spool {
namespace {

TEST(SpoolFormat, FrameRoundTrips) {
  ByteBuffer bytes;
  append_frame(bytes, {9, 64}, {FrameKind::record, 3, 77, as_bytes("payload")});
  EXPECT_EQ(bytes.size(), framed_bytes(7));
  const auto frame = parse_frame(bytes, {9, 64});
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->ordinal, 3U);
  EXPECT_EQ(frame->sequence, 77U);
  EXPECT_EQ(as_text(frame->payload), "payload");
}

TEST(SpoolFormat, UsageFrameTakesAtMost128Bytes) { EXPECT_LE(framed_bytes(104), 128U); }

TEST(SpoolFormat, AnyFlippedBitOfAFrameIsNoticed) {
  ByteBuffer bytes;
  append_frame(bytes, {9, 64}, {FrameKind::record, 3, 77, as_bytes("payload!")});
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteBuffer damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(parse_frame(damaged, {9, 64})) << "bit " << bit;
  }
}

TEST(SpoolFormat, FrameOfAnotherSegmentIsNotAccepted) {
  ByteBuffer bytes;
  append_frame(bytes, {9, 64}, {FrameKind::record, 0, 1, as_bytes("old")});
  EXPECT_FALSE(parse_frame(bytes, {10, 64}));
}

TEST(SpoolFormat, FrameThatTheDiskWroteElsewhereIsNotAccepted) {
  ByteBuffer bytes;
  append_frame(bytes, {9, 4096}, {FrameKind::record, 0, 1, as_bytes("astray")});
  for (std::uint64_t offset = 64; offset < 8U << 20; offset += 8)
    ASSERT_EQ(parse_frame(bytes, {9, offset}).has_value(), offset == 4096) << offset;
}

TEST(SpoolFormat, HeaderRoundTripsAndNoticesDamage) {
  ByteBuffer bytes;
  append_segment_header(bytes, {.id = 42, .epoch = 0xfeedULL});
  ASSERT_EQ(bytes.size(), kSegmentHeaderBytes);
  EXPECT_EQ(parse_segment_header(bytes)->id, 42U);
  EXPECT_EQ(parse_segment_header(bytes)->epoch, 0xfeedULL);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    ByteBuffer damaged = bytes;
    damaged[at] ^= std::byte{4};
    EXPECT_FALSE(parse_segment_header(damaged)) << "byte " << at;
  }
}

TEST(SpoolFormat, SegmentNamesSortLikeTheirIds) {
  EXPECT_EQ(segment_name(0x2a), "0000002a.seg");
  EXPECT_EQ(segment_id_of("0000002a.seg"), 0x2aU);
  EXPECT_LT(segment_name(0xff), segment_name(0x100));
  for (const char* name : {"lock", "checkpoint", "2a.seg", "0000002g.seg", "0000002a.sex", "-000002a.seg"})
    EXPECT_FALSE(segment_id_of(name)) << name;
}

}  // namespace
}  // namespace holdfast::spool
