// Reads a spool directory as a crash left it: which records are there, which are damaged.
//
//   auto recovered = recover(files, directory, quarantine, log);
//
// Nothing is changed but this: a segment whose header is damaged moves to the quarantine directory
// (an empty one is removed), and a torn tail is copied there, once. A segment that cannot be read at
// all is left where it is for the next start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/spool/checkpoint.h"
#include "core/spool/quarantine.h"
#include "core/spool/segment_index.h"

namespace holdfast::spool {

struct RecoveredSegment {
  SegmentInfo info;                    // sealed; count includes damaged ordinals
  std::vector<std::uint32_t> damaged;  // ordinals that are gone
  std::uint32_t settled_prefix = 0;    // by the checkpoint
};

struct Recovery {
  std::vector<RecoveredSegment> segments;
  std::uint32_t next_segment = 1;
  std::uint64_t records = 0;     // readable and not settled
  std::uint64_t damaged = 0;     // counted exactly through the gaps they left
  std::uint64_t torn_bytes = 0;  // behind the last valid frame: never reported durable
  std::uint64_t unreadable_segments = 0;
};

Result<Recovery> recover(FileSystem& files, const std::string& directory, Quarantine& quarantine, Log& log);

}  // namespace holdfast::spool
