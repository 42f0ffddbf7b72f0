#include "core/spool/segment_writer.h"

#include <utility>

#include "core/base/check.h"

namespace holdfast::spool {

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(FileSystem& files, const std::string& directory,
                                                             SegmentHeader header) {
  auto file = files.open(directory + "/" + segment_name(header.id), OpenMode::creating());
  if (!file) return fail(file.error());
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(files, directory, header, std::move(*file)));
}

SegmentWriter::SegmentWriter(FileSystem& files, std::string directory, SegmentHeader header,
                             std::unique_ptr<File> file)
    : files_(files),
      directory_(std::move(directory)),
      path_(directory_ + "/" + segment_name(header.id)),
      header_(header),
      file_(std::move(file)) {}

SegmentCommit SegmentWriter::commit(std::span<const PendingFrame> frames) {
  HOLDFAST_CHECK(!broken_ && file_ != nullptr, "nothing is written to a broken or closed segment");
  SegmentCommit result;
  result.first_ordinal = count_;
  const std::size_t written = write_frames(frames, result.error);
  if (written > 0) {
    result.begin = synced_ == 0 ? kSegmentHeaderBytes : synced_;
    if (auto durable = make_durable(); durable) {
      result.durable = written;
      result.end = synced_;
      count_ += static_cast<std::uint32_t>(written);
    } else {
      result.error = durable.error();
    }
  }
  if (result.error) {
    broken_ = true;
    cut_back();
  }
  return result;
}

// Writes the frames behind the last synced byte. Returns how many whole frames the file took.
std::size_t SegmentWriter::write_frames(std::span<const PendingFrame> frames, std::optional<Error>& error) {
  buffer_.clear();
  if (synced_ == 0) append_segment_header(buffer_, header_);
  std::uint32_t ordinal = count_;
  for (const auto& frame : frames)
    append_frame(buffer_, next_place(), {FrameKind::record, ordinal++, frame.sequence, frame.payload});

  written_ = synced_;
  Bytes rest = buffer_;
  while (!rest.empty()) {
    auto taken = file_->write_at(written_, rest);
    if (!taken) {
      error = taken.error();
      break;
    }
    written_ += *taken;
    rest = rest.subspan(*taken);
  }
  if (!error) return frames.size();

  // Keep the whole frames in front of the edge, cut the torn one off.
  std::uint64_t whole = synced_ == 0 ? kSegmentHeaderBytes : synced_;
  std::size_t count = 0;
  while (count < frames.size() && whole + framed_bytes(frames[count].payload.size()) <= written_)
    whole += framed_bytes(frames[count++].payload.size());
  if (count == 0 || !file_->truncate(whole)) return 0;
  written_ = whole;
  return count;
}

Status SegmentWriter::make_durable() {
  if (auto synced = file_->sync_data(); !synced) return synced;
  if (!name_durable_) {
    if (auto synced = files_.sync_directory(directory_); !synced) return synced;
    name_durable_ = true;
  }
  synced_ = written_;
  return {};
}

Status SegmentWriter::finish() {
  HOLDFAST_CHECK(!broken_ && file_ != nullptr, "only a sound segment gets a footer");
  buffer_.clear();
  if (synced_ == 0) append_segment_header(buffer_, header_);
  append_frame(buffer_, next_place(), {FrameKind::footer, count_, 0, {}});
  Status status = write_all(*file_, synced_, buffer_);
  if (status) {
    written_ = synced_ + buffer_.size();
    status = make_durable();
  }
  if (!status) {
    cut_back();
    broken_ = true;
  }
  auto closed = std::exchange(file_, nullptr)->close();
  return status ? closed : status;
}

void SegmentWriter::abandon() {
  if (!file_) return;
  (void)std::exchange(file_, nullptr)->close();  // nothing unsynced is claimed, so nothing can be lost here
}

// Frees what was never claimed. Failing to is harmless: recovery stops at the last whole frame.
void SegmentWriter::cut_back() { (void)file_->truncate(synced_); }

}  // namespace holdfast::spool
