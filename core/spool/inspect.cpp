#include "core/spool/inspect.h"

#include "core/spool/checkpoint.h"
#include "core/spool/segment_reader.h"

namespace holdfast::spool {
namespace {

void inspect_segment(FileSystem& files, const std::string& path, const Checkpoint& checkpoint,
                     Inspection& inspection, const std::function<void(const InspectedFrame&)>& take) {
  SegmentReader reader(files, path);
  auto header = reader.open();
  if (!header) {
    reader.close();
    inspection.unreadable.push_back(header.error().message);
    return;
  }
  ++inspection.segments;
  std::uint32_t settled = 0;
  if (auto hint = checkpoint.segments.find(header->id); hint != checkpoint.segments.end())
    if (hint->second.epoch == header->epoch) settled = hint->second.settled_prefix;
  FrameView frame;
  for (;;) {
    auto step = reader.next(frame);
    if (!step) inspection.unreadable.push_back(step.error().message);
    if (!step || *step == SegmentReader::Step::end) break;
    if (frame.ordinal < settled) {
      ++inspection.settled;
      continue;
    }
    ++inspection.records;
    take({header->id, header->epoch, frame.ordinal, frame.sequence, frame.payload});
  }
  inspection.damaged += reader.skipped();
  inspection.torn_bytes += reader.torn_bytes();
  reader.close();
}

}  // namespace

Result<Inspection> inspect(FileSystem& files, const std::string& directory,
                           const std::function<void(const InspectedFrame&)>& take) {
  auto names = files.list(directory);
  if (!names) return fail(names.error());
  Checkpoint checkpoint;
  if (auto loaded = load_checkpoint(files, directory)) checkpoint = *loaded;
  Inspection inspection;
  for (const auto& name : *names)
    if (segment_id_of(name)) inspect_segment(files, directory + "/" + name, checkpoint, inspection, take);
  return inspection;
}

}  // namespace holdfast::spool
