#include "core/spool/spool.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/spool/segment_reader.h"

namespace holdfast::spool {
namespace {

constexpr std::uint64_t kQuarantineBytes = std::uint64_t{64} << 20;
constexpr int kSegmentsPerCommit = 3;  // fresh segments tried before a commit gives up on the location
constexpr std::uint64_t kFooterBytes = framed_bytes(0);

}  // namespace

Spool::Spool(FileSystem& files, Log& log, SpoolSettings settings)
    : files_(files),
      log_(log),
      settings_(std::move(settings)),
      quarantine_(files, settings_.directory, kQuarantineBytes) {}

Result<std::unique_ptr<Spool>> Spool::open(FileSystem& files, RandomStream epochs, Log& log,
                                           SpoolSettings settings) {
  std::unique_ptr<Spool> spool(new Spool(files, log, std::move(settings)));
  if (auto made = make_directories(files, spool->settings_.directory); !made) return fail(made.error());
  if (auto locked = spool->take_lock(); !locked) return fail(locked.error());
  auto recovery = recover(files, spool->settings_.directory, spool->quarantine_, log);
  if (!recovery) {
    (void)spool->lock_->close();  // the reason above says more
    return fail(recovery.error());
  }
  spool->adopt(*recovery);
  // Ids are never used again, so no two lives share an epoch even if they draw the same number.
  do spool->epoch_ = mix64(epochs.next() ^ spool->next_segment_.load());
  while (spool->epoch_ == 0);
  return spool;
}

Status Spool::take_lock() {
  const std::string path = settings_.directory + "/lock";
  auto file = files_.open(path, {.write = true, .create = true});
  if (!file) return fail(file.error());
  auto locked = (*file)->try_lock();
  if (locked && *locked) {
    lock_ = std::move(*file);
    return {};
  }
  auto closed = (*file)->close();
  if (!locked) return fail(locked.error());
  if (!closed) return closed;
  return fail(Code::busy, path + " is locked: another tracker uses this spool directory");
}

void Spool::adopt(const Recovery& recovery) {
  recovery_ = recovery;
  next_segment_ = recovery.next_segment;
  for (const auto& segment : recovery.segments) {
    index_.add(segment.info);
    for (std::uint32_t ordinal = 0; ordinal < segment.settled_prefix; ++ordinal)
      index_.settle(segment.info.id, ordinal);
    for (const std::uint32_t ordinal : segment.damaged) index_.settle(segment.info.id, ordinal);
  }
}

CommitResult Spool::commit(std::span<const PendingFrame> frames) {
  CommitResult result;
  int attempts = 0;
  while (result.durable < frames.size()) {
    const auto rest = frames.subspan(result.durable);
    if (auto ready = ensure_segment(framed_bytes(rest.front().payload.size())); !ready) {
      result.error = ready.error();
      return result;
    }
    const SegmentCommit commit = writer_->commit(rest.first(frames_that_fit(rest)));
    note_commit(commit, result);
    if (commit.error) {
      seal(commit.error->message.c_str());
      // A full disk stays full; any other failure may be of this file alone.
      if (commit.error->code == Code::no_space || ++attempts >= kSegmentsPerCommit) {
        result.error = commit.error;
        return result;
      }
    } else if (writer_->bytes() >= settings_.segment_bytes) {
      seal(nullptr);
    }
  }
  return result;
}

// What frames may still take of spool.max_bytes: the active segment's footer has its place kept, and
// so has the header where it is still to be written.
std::uint64_t Spool::room() const {
  const bool fresh = !writer_ || writer_->bytes() == 0;
  const std::uint64_t taken = index_.bytes() + kFooterBytes + (fresh ? kSegmentHeaderBytes : 0);
  return settings_.max_bytes - std::min(settings_.max_bytes, taken);
}

Status Spool::ensure_segment(std::size_t next_frame_bytes) {
  if (next_frame_bytes > room()) {
    if (writer_) seal(nullptr);  // so that it can be retired once settled
    return fail(Code::no_space, settings_.directory + " holds spool.max_bytes");
  }
  if (writer_) return {};
  const std::uint32_t id = next_segment_.fetch_add(1);
  auto writer = SegmentWriter::create(files_, settings_.directory, {id, epoch_});
  if (!writer) return fail(writer.error());
  writer_ = std::move(*writer);
  index_.add({.id = id, .epoch = epoch_, .path = writer_->path()});
  return {};
}

std::size_t Spool::frames_that_fit(std::span<const PendingFrame> frames) const {
  const std::uint64_t in_segment =
      settings_.segment_bytes - std::min(settings_.segment_bytes, writer_->bytes());
  const std::uint64_t limit = std::min(room(), in_segment);
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  while (count < frames.size()) {
    bytes += framed_bytes(frames[count].payload.size());
    if (count > 0 && bytes > limit) break;
    ++count;
  }
  return count;
}

void Spool::note_commit(const SegmentCommit& commit, CommitResult& result) {
  if (commit.durable == 0) return;
  const auto count = static_cast<std::uint32_t>(commit.durable);
  index_.grow(writer_->header().id, count, writer_->bytes());
  result.durable += commit.durable;
  result.placements.push_back({.segment = writer_->header().id,
                               .first_ordinal = commit.first_ordinal,
                               .count = count,
                               .path = writer_->path(),
                               .begin = commit.begin,
                               .end = commit.end});
}

// Ends the active segment: with a footer, or as it is when something failed (`why`).
void Spool::seal(const char* why) {
  const std::uint32_t id = writer_->header().id;
  const bool empty = writer_->count() == 0;
  const std::string path = writer_->path();
  std::uint64_t bytes = writer_->bytes();
  if (why != nullptr)
    log_.write(Log::Level::warning, "spool.sealed", std::string(why) + "; the segment is sealed");
  if (why == nullptr && !writer_->broken()) {
    if (auto finished = writer_->finish(); !finished)
      log_.write(Log::Level::info, "spool.no_footer", finished.error().message);
    bytes = writer_->bytes();
  } else {
    writer_->abandon();
  }
  writer_.reset();
  if (empty) {
    (void)files_.remove(path);  // it never held a durable record; a leftover is removed by recovery
    index_.erase(id);
    return;
  }
  index_.grow(id, 0, bytes);
  index_.seal(id);
  sealed_.fetch_add(1);
}

Result<std::size_t> Spool::read(Cursor& cursor, std::size_t limit, const Take& take, std::uint64_t& damaged) {
  std::size_t taken = 0;
  while (taken < limit) {
    auto segment = index_.first_from(cursor.segment);
    if (!segment) break;
    if (segment->id != cursor.segment) cursor = Cursor{.segment = segment->id};
    if (cursor.ordinal < segment->count) {
      auto got = read_segment(*segment, cursor, limit - taken, take, damaged);
      if (!got) return fail(got.error());
      taken += *got;
      continue;
    }
    if (!segment->sealed || !index_.first_from(segment->id + 1)) break;
    cursor = Cursor{.segment = segment->id + 1};
  }
  return taken;
}

Result<std::size_t> Spool::read_one(Cursor& cursor, std::size_t limit, const Take& take,
                                    std::uint64_t& damaged) {
  auto segment = index_.find(cursor.segment);
  if (!segment || cursor.ordinal >= segment->count) return 0;
  return read_segment(*segment, cursor, limit, take, damaged);
}

bool Spool::read_through(const Cursor& cursor) const {
  auto segment = index_.find(cursor.segment);
  return !segment || (segment->sealed && cursor.ordinal >= segment->count);
}

Result<std::size_t> Spool::read_segment(const SegmentInfo& segment, Cursor& cursor, std::size_t limit,
                                        const Take& take, std::uint64_t& damaged) {
  SegmentReader reader(files_, segment.path);
  auto header = reader.open(segment.bytes);
  if (!header && header.error().code != Code::corrupted) {  // a damaged header: the epoch is known here
    reader.close();
    if (header.error().code != Code::not_found) return fail(header.error());
    drop_segment(segment, cursor.ordinal, damaged);
    cursor.ordinal = segment.count;
    return 0;
  }
  if (cursor.offset >= kSegmentHeaderBytes) reader.seek(cursor.offset, cursor.ordinal);
  std::size_t taken = 0;
  Result<SegmentReader::Step> step = SegmentReader::Step::frame;
  FrameView frame;
  while (taken < limit && cursor.ordinal < segment.count) {
    step = reader.next(frame);
    const bool ended = !step || *step == SegmentReader::Step::end;
    const std::uint32_t upto = !step ? cursor.ordinal : (ended ? segment.count : frame.ordinal);
    for (; cursor.ordinal < upto; ++cursor.ordinal)
      if (index_.settle(segment.id, cursor.ordinal)) ++damaged;
    if (ended) break;
    cursor.ordinal = frame.ordinal + 1;
    cursor.offset = reader.offset();
    if (index_.settled(segment.id, frame.ordinal)) continue;
    take({segment.id, frame.ordinal, segment.epoch, frame.sequence, frame.payload});
    ++taken;
  }
  reader.close();
  if (!step) return fail(step.error());
  return taken;
}

// The segment cannot be read any more: what it still held is damaged, and counted so.
std::size_t Spool::drop_segment(const SegmentInfo& segment, std::uint32_t from_ordinal,
                                std::uint64_t& damaged) {
  std::size_t dropped = 0;
  for (std::uint32_t ordinal = from_ordinal; ordinal < segment.count; ++ordinal)
    if (index_.settle(segment.id, ordinal)) ++dropped;
  damaged += dropped;
  log_.write(
      Log::Level::error, "spool.damaged",
      segment.path + " cannot be read any more; " + std::to_string(dropped) + " records are lost to damage");
  return dropped;
}

bool Spool::at_end(const Cursor& cursor) const {
  auto last = index_.last();
  return !last || cursor.segment > last->id || (cursor.segment == last->id && cursor.ordinal >= last->count);
}

Cursor Spool::end() const {
  auto last = index_.last();
  if (!last) return Cursor{.segment = next_segment_.load()};
  return Cursor{.segment = last->id, .offset = last->bytes, .ordinal = last->count};
}

std::size_t Spool::retire() {
  std::size_t count = 0;
  for (const auto& segment : index_.retirable()) {
    if (segment.id >= hold_from_.load() && index_.bytes() <= settings_.max_bytes / 2) continue;
    auto removed = files_.remove(segment.path);
    if (!removed && removed.error().code != Code::not_found) {
      log_.write(Log::Level::warning, "spool.retire", removed.error().message + "; tried again later");
      continue;
    }
    index_.erase(segment.id);
    retired_.fetch_add(1);
    ++count;
  }
  return count;
}

Status Spool::save_hint() {
  Checkpoint checkpoint{.next_segment = next_segment_.load(), .segments = {}};
  for (const auto& segment : index_.all())
    if (const std::uint32_t prefix = index_.settled_prefix(segment.id); prefix > 0)
      checkpoint.segments[segment.id] = {.epoch = segment.epoch, .settled_prefix = prefix};
  if (saved_ == checkpoint) return {};
  if (auto saved = save_checkpoint(files_, settings_.directory, checkpoint); !saved) return saved;
  saved_ = std::move(checkpoint);
  return {};
}

SpoolCounts Spool::counts() const {
  return {.bytes = index_.bytes(),
          .unsettled = index_.unsettled(),
          .sealed = sealed_.load(),
          .retired = retired_.load()};
}

Status Spool::close() {
  if (writer_) seal(nullptr);
  retire();
  Status status = save_hint();
  if (lock_) {
    auto freed = std::exchange(lock_, nullptr)->close();
    if (status) status = freed;
  }
  return status;
}

}  // namespace holdfast::spool
