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

// Consecutive ordinals with consecutive sequences.
struct Run {
  std::uint64_t sequence = 0;
  std::uint32_t ordinal = 0;
  std::uint32_t count = 0;
};

void add_frame(std::vector<Run>& runs, const FrameView& frame) {
  if (!runs.empty() && runs.back().sequence + runs.back().count == frame.sequence &&
      runs.back().ordinal + runs.back().count == frame.ordinal) {
    ++runs.back().count;
  } else {
    runs.push_back({.sequence = frame.sequence, .ordinal = frame.ordinal, .count = 1});
  }
}

// Walks all frames; ordinals that never appear are damaged.
Status scan(SegmentReader& reader, RecoveredSegment& segment, std::vector<Run>& runs) {
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
    add_frame(runs, frame);
  }
  segment.info.count = expected;
  segment.info.bytes = reader.size();
  return {};
}

void erase_below(std::vector<std::uint32_t>& ordinals, std::uint32_t first_kept) {
  ordinals.erase(ordinals.begin(), std::lower_bound(ordinals.begin(), ordinals.end(), first_kept));
}

class Recoverer {
 public:
  Recoverer(FileSystem& files, const std::string& directory, Quarantine& quarantine, SeenRecords& seen,
            Log& log)
      : files_(files), directory_(directory), quarantine_(quarantine), seen_(seen), log_(log) {}

  Result<Recovery> run(const Wanted& wanted) {
    auto names = files_.list(directory_);
    if (!names) return fail(names.error());
    if (auto loaded = load_checkpoint(files_, directory_); loaded) checkpoint_ = *loaded;
    result_.next_segment = std::max<std::uint32_t>(1, checkpoint_.next_segment);
    for (const auto& name : *names)
      if (auto id = segment_id_of(name); id && (!wanted || wanted(*id)))
        recover_segment(*id, directory_ + "/" + name);
    return std::move(result_);
  }

 private:
  void recover_segment(std::uint32_t id, const std::string& path) {
    if (id < kFirstApart) result_.next_segment = std::max(result_.next_segment, id + 1);
    SegmentReader reader(files_, path);
    RecoveredSegment segment;
    auto header = reader.open();
    const bool headless = !header && header.error().code == Code::corrupted;
    std::vector<Run> runs;
    Status scanned = header || headless ? scan(reader, segment, runs) : Status(fail(header.error()));
    reader.close();
    if (!scanned) {
      result_.unreadable.push_back(id);
      log_.write(Log::Level::error, "spool.unreadable",
                 scanned.error().message + "; the segment is read again later");
      return;
    }
    if (headless) return set_aside(id, path, segment, reader.torn_bytes());
    if (reader.torn_bytes() > 0) {
      result_.torn_bytes += reader.torn_bytes();
      keep_tail(files_, reader, path, id, quarantine_, log_);
    }
    segment.info.id = id;
    segment.info.file_id = id;
    segment.info.epoch = header->epoch;
    segment.info.path = path;
    segment.info.sealed = true;
    find_copies(segment, runs);
    note(std::move(segment));
  }

  // Only now that the segment was read to its end: one that is to be read again has no copies of itself.
  void find_copies(RecoveredSegment& segment, const std::vector<Run>& runs) {
    for (const Run& run : runs) {
      if (seen_.insert(segment.info.epoch, run.sequence, run.count)) continue;
      for (std::uint32_t i = 0; i < run.count; ++i)
        if (!seen_.insert(segment.info.epoch, run.sequence + i)) segment.copies.push_back(run.ordinal + i);
    }
  }

  void note(RecoveredSegment segment) {
    auto hint = checkpoint_.segments.find(segment.info.id);
    if (hint != checkpoint_.segments.end() && hint->second.epoch == segment.info.epoch)
      segment.settled_prefix = std::min(hint->second.settled_prefix, segment.info.count);
    erase_below(segment.damaged, segment.settled_prefix);  // settled before they were damaged
    const auto unsettled_copies = std::ranges::count_if(
        segment.copies, [&](std::uint32_t ordinal) { return ordinal >= segment.settled_prefix; });
    result_.damaged += segment.damaged.size();
    result_.records += segment.info.count - segment.settled_prefix - segment.damaged.size() -
                       static_cast<std::uint64_t>(unsettled_copies);
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
  SeenRecords& seen_;
  Log& log_;
  Checkpoint checkpoint_;
  Recovery result_;
};

}  // namespace

Result<Recovery> recover(FileSystem& files, const std::string& directory, Quarantine& quarantine,
                         SeenRecords& seen, Log& log, const Wanted& wanted) {
  return Recoverer(files, directory, quarantine, seen, log).run(wanted);
}

}  // namespace holdfast::spool
