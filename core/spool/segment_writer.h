// Appends frames to one new segment and makes them durable, group by group.
//
//   auto writer = SegmentWriter::create(files, directory, {id, epoch});
//   auto commit = writer->commit(frames);       // write + sync (+ the name, the first time)
//   commit.durable frames are safe; if fewer than given, commit.error says why
//   writer->finish();                           // footer; or writer->abandon() after an error
//
// After an error nothing more is written: the segment is cut back to its last synced byte and
// sealed without a footer, as the contract of FileSystem asks. When the disk is full the frames
// that fitted are kept, whole ones only. Used by one task at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/env/file_system.h"
#include "core/spool/format.h"

namespace holdfast::spool {

// A record on its way to disk.
struct PendingFrame {
  std::uint64_t sequence = 0;
  Bytes payload;
};

struct SegmentCommit {
  std::size_t durable = 0;  // leading frames that are durable now
  std::uint32_t first_ordinal = 0;
  std::uint64_t begin = 0;  // their bytes in the file
  std::uint64_t end = 0;
  std::optional<Error> error;  // set when durable < frames given; the segment is broken then
};

class SegmentWriter {
 public:
  // Creates the file; its name is durable only after the first commit.
  static Result<std::unique_ptr<SegmentWriter>> create(FileSystem& files, const std::string& directory,
                                                       SegmentHeader header);

  SegmentCommit commit(std::span<const PendingFrame> frames);

  // Writes and syncs the footer, closes the file.
  Status finish();
  // Closes without a footer: after an error, or when the disk has no room for one.
  void abandon();

  const SegmentHeader& header() const { return header_; }
  const std::string& path() const { return path_; }
  std::uint32_t count() const { return count_; }
  std::uint64_t bytes() const { return synced_; }
  bool broken() const { return broken_; }

 private:
  SegmentWriter(FileSystem& files, std::string directory, SegmentHeader header, std::unique_ptr<File> file);

  // Of the frame that is appended to buffer_ next.
  FramePlace next_place() const { return {header_.id, synced_ + buffer_.size()}; }
  std::size_t write_frames(std::span<const PendingFrame> frames, std::optional<Error>& error);
  Status make_durable();
  void cut_back();

  FileSystem& files_;
  std::string directory_;
  std::string path_;
  SegmentHeader header_;
  std::unique_ptr<File> file_;
  ByteBuffer buffer_;
  std::uint64_t synced_ = 0;   // bytes known durable
  std::uint64_t written_ = 0;  // bytes handed to the file
  std::uint32_t count_ = 0;    // durable frames
  bool name_durable_ = false;
  bool broken_ = false;
};

}  // namespace holdfast::spool
