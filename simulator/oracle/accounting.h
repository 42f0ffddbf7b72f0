// Where every offered record is at the end of a run: exactly one place each.
//
//   Accounting books = account(run);
//   books.unaccounted == 0                        // the law of conservation
//   books.places[reference] == Place::delivered
//
//   offered = unissued + rejected(reason) + delivered + quarantined + expired
//           + pending(spool) + pending(memory) + lost(crash, shutdown) + unaccounted
//
// Where two places hold, the first in this order counts. A durable record that is gone is quarantined
// when a corruption hit its own frame (corruption.h), and unaccounted otherwise. Only pending(memory) and a
// part of lost(shutdown) are taken on the subject's word, and only for records that it never called durable:
// its final stats say how many it holds or gave up, not which. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

enum class Place : std::uint8_t {
  unissued,            // the producer could not even call
  rejected_ring_full,  // record() said no
  rejected_too_large,
  rejected_closed,
  rejected_failed,      // a subject without memory said that delivery failed
  rejected_unanswered,  // a naive subject's call had not returned when the run ended
  delivered,
  quarantined,  // refused for good, by name; or durable, hit by a corruption and gone
  expired,
  pending_spool,
  lost_crash,     // accepted or being accepted, never called durable, its process killed
  lost_shutdown,  // given up by close(), by name
  unplaced,       // pending(memory), lost(shutdown) by number only, or unaccounted
};

struct Accounting {
  std::uint64_t offered = 0;
  std::uint64_t unissued = 0;
  struct Rejected {
    std::uint64_t ring_full = 0;
    std::uint64_t too_large = 0;
    std::uint64_t closed = 0;
    std::uint64_t failed = 0;
    std::uint64_t unanswered = 0;
    std::uint64_t total() const { return ring_full + too_large + closed + failed + unanswered; }
  } rejected;
  std::uint64_t delivered = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t expired = 0;
  std::uint64_t pending_spool = 0;
  std::uint64_t pending_memory = 0;
  std::uint64_t lost_crash = 0;
  std::uint64_t lost_shutdown = 0;
  std::uint64_t unaccounted = 0;

  // Not places but facts about them.
  std::uint64_t durable = 0;              // ever claimed durable
  std::uint64_t corrupted = 0;            // of the quarantined: those that a corruption hit
  std::uint64_t durable_unplaced = 0;     // claimed durable and in no durable place at the end
  std::uint64_t refused_yet_taken = 0;    // record() said no, and it was delivered or spooled all the same
  std::uint64_t strangers_in_spool = 0;   // references in the spool that nobody offered
  std::uint64_t deliveries_repeated = 0;  // beyond the first of each record
  std::vector<Place> places;              // by reference

  // Records that are gone, with the reason known.
  std::uint64_t loss_counted() const { return rejected.total() + lost_crash + lost_shutdown; }
};

Accounting account(const RunRecord& run);

}  // namespace holdfast::oracle
