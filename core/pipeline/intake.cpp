#include "core/pipeline/intake.h"

#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {

std::size_t Intake::take(std::size_t limit, WallTime wall, std::uint64_t epoch,
                         std::vector<delivery::HeldRecord>& into) {
  base::MutexLock lock(mutex_);
  const std::uint32_t generation = held_.generation();
  const std::size_t before = into.size();
  const std::int64_t stamp = wall.time_since_epoch().count();
  const std::size_t taken = rings_.drain(limit, [&](std::span<std::byte> frame) {
    if (ingest::frame_time(frame) == 0) ingest::stamp_frame(frame, stamp);
    delivery::HeldRecord& record = into.emplace_back();
    record.key = {.epoch = epoch, .sequence = next_sequence_++};
    record.generation = generation;
    record.assign(frame);
  });
  if (taken == 0) return 0;
  const auto fresh = std::span(into).subspan(before);
  if (usage_ != nullptr) usage_->count(fresh, wall);
  held_.add(fresh);
  rings_.note_collected();
  return taken;
}

}  // namespace holdfast::pipeline
