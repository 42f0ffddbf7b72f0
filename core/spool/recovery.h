// Reads a spool directory as a crash left it: which records are there, which are damaged.
//
//   SeenRecords seen;                                        // shared by all directories of a spool
//   auto recovered = recover(files, directory, quarantine, seen, log);
//
// Nothing is changed but this: a segment whose header is damaged moves to the quarantine directory
// (an empty one is removed), and a torn tail is copied there, once. A segment that cannot be read at
// all is left where it is, to be asked for again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/spool/checkpoint.h"
#include "core/spool/quarantine.h"
#include "core/spool/seen_records.h"
#include "core/spool/segment_index.h"

namespace holdfast::spool {

struct RecoveredSegment {
  SegmentInfo info;                    // sealed; count includes damaged ordinals
  std::vector<std::uint32_t> damaged;  // ordinals that are gone
  std::vector<std::uint32_t> copies;   // ordinals of records that were seen before
  std::uint32_t settled_prefix = 0;    // by the checkpoint
};

struct Recovery {
  std::vector<RecoveredSegment> segments;
  std::uint32_t next_segment = 1;
  std::uint64_t records = 0;              // readable, not settled, not seen before
  std::uint64_t damaged = 0;              // counted exactly through the gaps they left
  std::uint64_t torn_bytes = 0;           // behind the last valid frame: never reported durable
  std::vector<std::uint32_t> unreadable;  // ids of segments that could not be read
};

// Says of a segment's id whether it is to be read; empty: all are.
using Wanted = std::function<bool(std::uint32_t)>;

Result<Recovery> recover(FileSystem& files, const std::string& directory, Quarantine& quarantine,
                         SeenRecords& seen, Log& log, const Wanted& wanted = {});

}  // namespace holdfast::spool
