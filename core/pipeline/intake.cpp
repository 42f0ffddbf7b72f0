#include "core/pipeline/intake.h"

#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {

std::size_t Intake::take(std::size_t limit, std::int64_t stamp, std::uint64_t epoch,
                         std::vector<delivery::HeldRecord>& into) {
  base::MutexLock lock(mutex_);
  const std::uint32_t generation = held_.generation();
  const std::size_t before = into.size();
  const std::size_t taken = rings_.drain(limit, [&](std::span<std::byte> frame) {
    if (ingest::frame_time(frame) == 0) ingest::stamp_frame(frame, stamp);
    delivery::HeldRecord& record = into.emplace_back();
    record.key = {.epoch = epoch, .sequence = next_sequence_++};
    record.generation = generation;
    record.assign(frame);
  });
  if (taken == 0) return 0;
  held_.add(std::span(into).subspan(before));
  rings_.note_collected();
  return taken;
}

}  // namespace holdfast::pipeline
