// A hint, kept beside the segments: how far each one had been settled, so that a restart does not
// send again what the upstream has. Never an authority: a missing, old or damaged checkpoint costs
// duplicates, not records. An entry counts only for the same segment id of the same epoch.
//
// The file "checkpoint" is replaced atomically: temporary file, sync, rename, directory sync.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/env/file_system.h"

namespace holdfast::spool {

struct Checkpoint {
  struct Entry {
    std::uint64_t epoch = 0;
    std::uint32_t settled_prefix = 0;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::uint32_t next_segment = 1;
  std::map<std::uint32_t, Entry> segments;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

Status save_checkpoint(FileSystem& files, const std::string& directory, const Checkpoint& checkpoint);

// Code::not_found when there is none, Code::corrupted when it cannot be believed.
Result<Checkpoint> load_checkpoint(FileSystem& files, const std::string& directory);

}  // namespace holdfast::spool
