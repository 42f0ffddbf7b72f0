// Reads a segment's frames in order, from any frame's offset, over damage.
//
//   SegmentReader reader(files, path);
//   auto header = reader.open();                     // Code::corrupted when the header is damaged
//   while (auto step = reader.next(frame)) {
//     if (*step == Step::end) break; ...
//   }
//   reader.close();
//
// A frame that fails its checksum is passed over: the next valid frame of this segment with a
// higher ordinal is searched for at 8-byte steps, and `skipped` counts the ordinals in between,
// exactly. Damage without a valid frame behind it is a torn tail: the reader stops, and
// torn_bytes() is what is left, trailing zeros not counted. Used by one task at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/env/file_system.h"
#include "core/spool/format.h"

namespace holdfast::spool {

class SegmentReader {
 public:
  enum class Step : std::uint8_t { frame, end };

  SegmentReader(FileSystem& files, std::string path);

  // Reads no further than `limit` bytes into the file: what lies behind is not committed yet. When
  // the header is damaged the frames can still be read; only their epoch is lost.
  Result<SegmentHeader> open(std::uint64_t limit = ~std::uint64_t{0});
  // Goes on behind the header at `offset`, where the frame with `ordinal` is expected.
  void seek(std::uint64_t offset, std::uint32_t ordinal);
  // The next record frame; its payload is valid until the next call. `end` at the footer, at the
  // end of the bytes, or before a torn tail. Fails when the file cannot be read.
  Result<Step> next(FrameView& frame);
  void close();

  std::uint64_t offset() const { return base_ + at_; }  // of the frame after the last one given
  std::uint32_t expected_ordinal() const { return ordinal_; }
  std::uint64_t skipped() const { return skipped_; }  // damaged frames passed over, in all
  bool footer() const { return footer_; }
  std::uint64_t torn_bytes() const { return torn_; }
  std::uint64_t torn_offset() const { return torn_offset_; }
  std::uint64_t size() const { return size_; }

 private:
  static constexpr std::size_t kChunk = 256 * 1024;

  Result<bool> fill();                        // reads on; false at the end of the file
  Result<bool> find_frame(FrameView& frame);  // the frame at at_, or the next one behind damage
  Result<bool> resynchronise(FrameView& frame);
  void note_torn_tail();

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<File> file_;
  SegmentHeader header_;
  ByteBuffer buffer_;  // the bytes of the file from base_ on
  std::uint64_t base_ = 0;
  std::size_t at_ = 0;  // within buffer_
  std::uint64_t size_ = 0;
  std::uint32_t ordinal_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t torn_ = 0;
  std::uint64_t torn_offset_ = 0;
  bool footer_ = false;
};

}  // namespace holdfast::spool
