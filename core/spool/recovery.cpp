#include "core/spool/recovery.h"

#include <algorithm>

#include "core/spool/format.h"
#include "core/spool/segment_reader.h"

namespace holdfast::spool {
namespace {

Result<ByteBuffer> read_tail(FileSystem& files, const std::string& path, std::uint64_t offset,
                             std::uint64_t size) {
  auto file = files.open(path, OpenMode::reading());
  if (!file) return fail(file.error());
  ByteBuffer bytes(size);
  auto got = (*file)->read_at(offset, bytes);
  auto closed = (*file)->close();
  if (!got) return fail(got.error());
  if (!closed) return fail(closed.error());
  bytes.resize(*got);
  return bytes;
}

void keep_tail(FileSystem& files, const SegmentReader& reader, const std::string& path, std::uint32_t id,
               Quarantine& quarantine, Log& log) {
  auto bytes = read_tail(files, path, reader.torn_offset(), reader.torn_bytes());
  Status kept =
      bytes ? quarantine.keep_once(segment_name(id) + ".tail", *bytes) : Status(fail(bytes.error()));
  log.write(Log::Level::warning, "spool.torn_tail",
            path + ": " + std::to_string(reader.torn_bytes()) + " bytes behind the last whole frame" +
                (kept ? " are quarantined" : " could not be quarantined: " + kept.error().message));
}

// Walks all frames; ordinals that never appear are damaged.
Status scan(SegmentReader& reader, RecoveredSegment& segment) {
  FrameView frame;
  std::uint32_t expected = 0;
  for (;;) {
    auto step = reader.next(frame);
    if (!step) return fail(step.error());
    const std::uint32_t upto =
        *step == SegmentReader::Step::frame ? frame.ordinal : reader.expected_ordinal();
    for (; expected < upto; ++expected) segment.damaged.push_back(expected);
    if (*step == SegmentReader::Step::end) break;
    expected = frame.ordinal + 1;
  }
  segment.info.count = expected;
  segment.info.bytes = reader.size();
  return {};
}

class Recoverer {
 public:
  Recoverer(FileSystem& files, const std::string& directory, Quarantine& quarantine, Log& log)
      : files_(files), directory_(directory), quarantine_(quarantine), log_(log) {}

  Result<Recovery> run() {
    auto names = files_.list(directory_);
    if (!names) return fail(names.error());
    if (auto loaded = load_checkpoint(files_, directory_); loaded) checkpoint_ = *loaded;
    result_.next_segment = std::max<std::uint32_t>(1, checkpoint_.next_segment);
    for (const auto& name : *names)
      if (auto id = segment_id_of(name)) recover_segment(*id, directory_ + "/" + name);
    return std::move(result_);
  }

 private:
  void recover_segment(std::uint32_t id, const std::string& path) {
    result_.next_segment = std::max(result_.next_segment, id + 1);
    SegmentReader reader(files_, path);
    RecoveredSegment segment;
    auto header = reader.open();
    const bool headless = !header && header.error().code == Code::corrupted;
    Status scanned = header || headless ? scan(reader, segment) : Status(fail(header.error()));
    reader.close();
    if (!scanned) {
      ++result_.unreadable_segments;
      log_.write(Log::Level::error, "spool.unreadable",
                 scanned.error().message + "; the segment is left for the next start");
      return;
    }
    if (headless) return set_aside(id, path, segment, reader.torn_bytes());
    if (reader.torn_bytes() > 0) {
      result_.torn_bytes += reader.torn_bytes();
      keep_tail(files_, reader, path, id, quarantine_, log_);
    }
    segment.info.id = id;
    segment.info.epoch = header->epoch;
    segment.info.path = path;
    segment.info.sealed = true;
    note(std::move(segment));
  }

  void note(RecoveredSegment segment) {
    auto hint = checkpoint_.segments.find(segment.info.id);
    if (hint != checkpoint_.segments.end() && hint->second.epoch == segment.info.epoch)
      segment.settled_prefix = std::min(hint->second.settled_prefix, segment.info.count);
    const auto first_kept =
        std::lower_bound(segment.damaged.begin(), segment.damaged.end(), segment.settled_prefix);
    segment.damaged.erase(segment.damaged.begin(), first_kept);  // settled before they were damaged
    result_.damaged += segment.damaged.size();
    result_.records += segment.info.count - segment.settled_prefix - segment.damaged.size();
    result_.segments.push_back(std::move(segment));
  }

  // Without its header a segment's records have lost their epoch, hence their identity. A file that
  // holds nothing behind its header never had a durable record.
  void set_aside(std::uint32_t id, const std::string& path, const RecoveredSegment& segment,
                 std::uint64_t rubble_bytes) {
    if (segment.info.count == 0 && rubble_bytes == 0) {
      (void)files_.remove(path);
      return;
    }
    result_.damaged += segment.info.count;
    auto kept = quarantine_.keep_file(path, segment_name(id));
    log_.write(Log::Level::error, "spool.quarantined",
               path + ": damaged header, " + std::to_string(segment.info.count) + " records set aside" +
                   (kept ? "" : "; moving it failed: " + kept.error().message));
  }

  FileSystem& files_;
  const std::string& directory_;
  Quarantine& quarantine_;
  Log& log_;
  Checkpoint checkpoint_;
  Recovery result_;
};

}  // namespace

Result<Recovery> recover(FileSystem& files, const std::string& directory, Quarantine& quarantine, Log& log) {
  return Recoverer(files, directory, quarantine, log).run();
}

}  // namespace holdfast::spool
