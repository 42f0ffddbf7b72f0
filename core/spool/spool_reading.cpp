// Reading back what was committed, over damage and past what cannot be read now.
#include "core/spool/spool.h"

namespace holdfast::spool {

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

// Code::not_found: the file is gone for good. A damaged header is no error: the epoch is known here.
Status Spool::open_segment(const SegmentInfo& segment, SegmentReader& reader) const {
  const std::string& directory = locations_[segment.location]->directory();
  if (!policy([&](const auto& policy) { return policy.answers(segment.location); }))
    return fail(Code::timeout, directory + " does not answer in time: its records wait");
  auto header = reader.open(segment.bytes);
  if (header || header.error().code == Code::corrupted) return {};
  reader.close();
  if (header.error().code == Code::not_found && !location_is_there(segment))
    return fail(Code::unavailable, directory + " is not there: its records wait");
  return fail(header.error());
}

Status Spool::read_whole(const SegmentInfo& segment,
                         const std::function<void(const FrameView&)>& take) const {
  SegmentReader reader(files_, segment.path);
  if (auto opened = open_segment(segment, reader); !opened) return opened;
  FrameView frame;
  auto step = reader.next(frame);
  for (; step && *step == SegmentReader::Step::frame; step = reader.next(frame)) take(frame);
  reader.close();
  return step ? Status{} : Status(fail(step.error()));
}

Result<std::size_t> Spool::read_segment(const SegmentInfo& segment, Cursor& cursor, std::size_t limit,
                                        const Take& take, std::uint64_t& damaged) {
  SegmentReader reader(files_, segment.path);
  if (auto opened = open_segment(segment, reader); !opened) {
    if (opened.error().code != Code::not_found) return fail(opened.error());
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
  if (is_apart(cursor.segment)) return read_through(cursor);
  auto last = index_.last();
  return !last || cursor.segment > last->id || (cursor.segment == last->id && cursor.ordinal >= last->count);
}

Cursor Spool::end() const {
  auto last = index_.last();
  if (!last) return Cursor{.segment = next_segment_.load()};
  return Cursor{.segment = last->id, .offset = last->bytes, .ordinal = last->count};
}

}  // namespace holdfast::spool
