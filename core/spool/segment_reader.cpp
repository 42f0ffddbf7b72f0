#include "core/spool/segment_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast::spool {

SegmentReader::SegmentReader(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

Result<SegmentHeader> SegmentReader::open(std::uint64_t limit) {
  auto file = files_.open(path_, OpenMode::reading());
  if (!file) return fail(file.error());
  file_ = std::move(*file);
  auto size = file_->size();
  if (!size) return fail(size.error());
  size_ = std::min(*size, limit);
  while (buffer_.size() < kSegmentHeaderBytes) {
    auto more = fill();
    if (!more) return fail(more.error());
    if (!*more) break;
  }
  at_ = std::min(kSegmentHeaderBytes, buffer_.size());
  const auto name_id = segment_id_of(std::string_view(path_).substr(path_.rfind('/') + 1));
  header_.id = name_id.value_or(0);
  auto header = parse_segment_header(buffer_);
  if (!header || (name_id && *name_id != header->id))
    return fail(Code::corrupted, path_ + ": the segment header is damaged");
  header_ = *header;
  return header_;
}

void SegmentReader::seek(std::uint64_t offset, std::uint32_t ordinal) {
  HOLDFAST_CHECK(offset >= kSegmentHeaderBytes, "frames begin behind the header");
  buffer_.clear();
  base_ = offset;
  at_ = 0;
  ordinal_ = ordinal;
}

Result<bool> SegmentReader::fill() {
  if (at_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    base_ += at_;
    at_ = 0;
  }
  const std::size_t had = buffer_.size();
  const std::uint64_t left = size_ - std::min(size_, base_ + had);
  if (left == 0) return false;
  buffer_.resize(had + std::min<std::uint64_t>(kChunk, left));
  auto got = file_->read_at(base_ + had, std::span(buffer_).subspan(had));
  buffer_.resize(had + (got ? *got : 0));
  if (!got) return fail(got.error());
  return *got > 0;
}

Result<SegmentReader::Step> SegmentReader::next(FrameView& frame) {
  if (footer_) return Step::end;
  auto found = find_frame(frame);
  if (!found) return fail(found.error());
  if (!*found) {
    note_torn_tail();
    return Step::end;
  }
  skipped_ += frame.ordinal - ordinal_;
  at_ += framed_bytes(frame.payload.size());
  if (frame.kind == FrameKind::footer) {
    ordinal_ = frame.ordinal;
    footer_ = true;
    return Step::end;
  }
  ordinal_ = frame.ordinal + 1;
  return Step::frame;
}

Result<bool> SegmentReader::find_frame(FrameView& frame) {
  constexpr std::size_t kLongest = framed_bytes(kMaxPayloadBytes);
  if (buffer_.size() - at_ < kLongest) {
    auto more = fill();
    if (!more) return fail(more.error());
  }
  auto parsed = parse_frame(Bytes(buffer_).subspan(at_), {header_.id, base_ + at_});
  if (parsed && parsed->ordinal >= ordinal_) {
    frame = *parsed;
    return true;
  }
  if (at_ == buffer_.size()) return false;
  return resynchronise(frame);
}

// Looks for the next valid frame behind damage. at_ stays put when there is none.
Result<bool> SegmentReader::resynchronise(FrameView& frame) {
  for (std::size_t probe = at_ + 8;; probe += 8) {
    if (buffer_.size() < probe + framed_bytes(kMaxPayloadBytes)) {
      const std::size_t ahead = probe - at_;
      auto more = fill();
      if (!more) return fail(more.error());
      probe = at_ + ahead;
    }
    if (probe + kFrameHeaderBytes > buffer_.size()) return false;
    auto parsed = parse_frame(Bytes(buffer_).subspan(probe), {header_.id, base_ + probe});
    if (!parsed || parsed->ordinal < ordinal_) continue;
    at_ = probe;
    frame = *parsed;
    return true;
  }
}

void SegmentReader::note_torn_tail() {
  const auto tail = Bytes(buffer_).subspan(at_);
  const auto last = std::find_if(tail.rbegin(), tail.rend(), [](std::byte b) { return b != std::byte{0}; });
  torn_ = static_cast<std::uint64_t>(tail.rend() - last);
  torn_offset_ = base_ + at_;
}

void SegmentReader::close() {
  if (file_) (void)std::exchange(file_, nullptr)->close();  // reading left nothing to lose
}

}  // namespace holdfast::spool
