#include "simulator/run/spool_files.h"

#include <algorithm>
#include <filesystem>

#include "core/ingest/record_frame.h"
#include "core/spool/format.h"

namespace holdfast::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeastSegment =
    spool::kSegmentHeaderBytes + spool::framed_bytes(ingest::kFrameFixedBytes);
constexpr std::uint64_t kInMotion = 2;  // one being written, one being removed

bool cut_short(const scenario::Phase& phase) {
  return !phase.disk.rules.empty() || std::ranges::any_of(phase.process, &scenario::ProcessEvent::ends_life);
}

bool is_segment(const fs::path& path) {
  return spool::segment_id_of(path.filename().string()) && path.parent_path().filename() != "quarantine";
}

}  // namespace

std::uint64_t segments_below(const std::string& directory) {
  std::uint64_t count = 0;
  std::error_code vanished;  // files come and go meanwhile
  auto entry = fs::recursive_directory_iterator(directory, vanished);
  for (const fs::recursive_directory_iterator end; !vanished && entry != end; entry.increment(vanished))
    count += is_segment(entry->path()) ? 1 : 0;
  return count;
}

std::uint64_t segments_below(const world::MemoryDisk& disk, const std::string& directory) {
  const auto files = disk.files_below(directory);
  return static_cast<std::uint64_t>(std::ranges::count_if(files, is_segment));
}

std::uint64_t most_spool_files(const scenario::Scenario& scenario) {
  const auto& spool = scenario.subject.options.spool;
  const bool short_ones = std::ranges::any_of(scenario.phases, cut_short);
  const std::uint64_t smallest = short_ones ? kLeastSegment : spool.segment_bytes / 2;
  return scenario.fleet * (spool.max_bytes / smallest + kInMotion);
}

}  // namespace holdfast::run
