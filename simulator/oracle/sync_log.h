// Checks claims of durability against faultfs' log of what the disk really completed (LIVE).
//
//   auto disk = parse_sync_log(log_text);           // JSON lines
//   auto claims = parse_claims(claims_text);        // lines "<time ns> <path> <begin> <end> <frames>"
//   ClaimAudit audit = audit_claims(*disk, *claims, ledger.start_ns());
//
// A claim (path, [begin, end), t) holds when before t a sync of the file completed that covered
// `end`, and the file's name was durable: a sync of its directory completed that had started after
// the name was made, and likewise for each directory above it that the log saw being made. What the
// log never saw being made was there before, with a durable name. A write through O_SYNC or O_DSYNC is
// the sync of its own bytes, and joins those that were synced before it. Paths are relative to the mount.
// What a failed sync gave up is durable only once it was written again and synced.
// A rewrite of bytes that an earlier sync covered is beyond what the log can tell. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

struct DiskEvent {
  enum class Kind : std::uint8_t {
    create,
    mkdir,
    fsync,
    fsyncdir,
    rename,
    unlink,
    truncate,
    given_up,
    rewritten
  };
  Kind kind = Kind::create;
  std::int64_t time_ns = 0;   // CLOCK_MONOTONIC at completion
  std::int64_t start_ns = 0;  // fsync, fsyncdir: when the request arrived
  std::string path{};         // rename: the old name
  std::string to{};           // rename: the new name
  std::uint64_t begin = 0;    // fsync: where what it made durable begins; rewritten: the first byte
  std::uint64_t end = 0;      // fsync, given_up: size when the request arrived; truncate: the new size
  bool exchange = false;      // rename: both names stay, what they name changes places
};

struct DurabilityClaim {
  std::int64_t time_ns = 0;  // CLOCK_MONOTONIC
  std::string path;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::vector<std::uint64_t> references{};  // of its frames, when the line names them
  std::vector<std::uint64_t> ends{};
};

// A last line without its newline was cut off by the writer's death and is ignored; any other line
// that is not understood is Code::corrupted, with its number.
Result<std::vector<DiskEvent>> parse_sync_log(std::string_view text);  // sync_log_json.cpp
Result<std::vector<DurabilityClaim>> parse_claims(std::string_view text);

// Failures are in order of time, counted from `start_ns`.
ClaimAudit audit_claims(std::vector<DiskEvent> disk, std::vector<DurabilityClaim> claims,
                        std::int64_t start_ns);

}  // namespace holdfast::oracle
