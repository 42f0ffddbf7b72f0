// Reads a spool directory without changing it: what a person or an oracle wants to know of it.
//
//   auto inspection = inspect(files, directory, [](const InspectedFrame& f) { ... });
//
// Frames that the checkpoint hint marks as settled are not handed out. A tracker may be using the
// directory; what is committed meanwhile may or may not be seen.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/env/file_system.h"
#include "core/spool/format.h"

namespace holdfast::spool {

struct InspectedFrame {
  std::uint32_t segment = 0;
  std::uint64_t epoch = 0;
  std::uint32_t ordinal = 0;
  std::uint64_t sequence = 0;
  Bytes payload;  // valid during the call
};

struct Inspection {
  std::uint64_t segments = 0;
  std::uint64_t records = 0;  // handed out
  std::uint64_t settled = 0;  // by the checkpoint
  std::uint64_t damaged = 0;  // counted through the gaps they left
  std::uint64_t torn_bytes = 0;
  std::vector<std::string> unreadable;  // paths, with the reason
};

Result<Inspection> inspect(FileSystem& files, const std::string& directory,
                           const std::function<void(const InspectedFrame&)>& take);

}  // namespace holdfast::spool
