// Where the records are. Every record that was offered to record() is in exactly one place:
//
//   offered = rejected (by reason) + delivered + quarantined + expired
//           + pending_spool + pending_memory + lost (by reason)
//
// Each place is counted on its own, so the sum is a check and not a definition. A snapshot taken
// while records move may be off by those in motion; after close() it is exact.
#pragma once

#include <cstdint>

namespace holdfast {

// Where records are written now. Memory: no location takes them, or spool.max_bytes is reached.
enum class SpoolLocation : std::uint8_t { primary, backup, emergency, memory };

struct Stats {
  std::uint64_t offered = 0;
  std::uint64_t rejected_ring_full = 0;
  std::uint64_t rejected_too_large = 0;
  std::uint64_t rejected_closed = 0;

  std::uint64_t delivered = 0;
  std::uint64_t quarantined = 0;     // refused by the upstream for good, or damaged on disk
  std::uint64_t expired = 0;         // older than delivery.max_age
  std::uint64_t pending_spool = 0;   // durable on disk, not yet acknowledged
  std::uint64_t pending_memory = 0;  // in a ring, in a commit under way, or held while no disk takes them
  std::uint64_t lost_shutdown = 0;   // still in memory at the deadline of close()

  // Found in the spool, at start or when a location could be read again: they were offered to an
  // earlier life of the tracker.
  std::uint64_t recovered = 0;

  // Not places but events.
  std::uint64_t commits = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t segments_sealed = 0;
  std::uint64_t segments_retired = 0;
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t duplicates = 0;  // acknowledged by the upstream as already known
  std::uint64_t breaker_opens = 0;
  std::uint64_t fallbacks = 0;       // times the location written changed for a later one, or for memory
  std::uint64_t spool_location = 0;  // a SpoolLocation
  std::uint64_t spool_bytes = 0;     // of all locations together
  std::uint64_t spool_bytes_primary = 0;
  std::uint64_t spool_bytes_backup = 0;
  std::uint64_t spool_bytes_emergency = 0;
  std::uint64_t detached_workers = 0;

  // The usage file, where there is one. What was collected is in it or waits for its next write:
  // collected = usage_counted + usage_pending, whatever became of the records.
  std::uint64_t usage_counted = 0;    // records of this life in a file that is durable
  std::uint64_t usage_pending = 0;    // summed up in memory only
  std::uint64_t usage_recounted = 0;  // records of killed lives, found in the spool and counted
  std::uint64_t usage_lost = 0;       // at most: in segments of killed lives that were gone before that
  std::uint64_t usage_other = 0;      // counted under "other", for want of rows (usage.max_keys)
  std::uint64_t usage_flushes = 0;
  std::uint64_t usage_failures = 0;    // flushes that no location took
  std::uint64_t usage_fallbacks = 0;   // times the file's location changed for the worse
  std::uint64_t usage_recoveries = 0;  // corrupt files set aside

  SpoolLocation location() const { return static_cast<SpoolLocation>(spool_location); }

  std::uint64_t places() const {
    return rejected_ring_full + rejected_too_large + rejected_closed + delivered + quarantined + expired +
           pending_spool + pending_memory + lost_shutdown;
  }
  // True when every record has exactly one place.
  bool conserved() const { return offered + recovered == places(); }
};

}  // namespace holdfast
