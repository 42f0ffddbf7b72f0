#include "simulator/oracle/accounting.h"

#include <algorithm>

#include "simulator/oracle/corruption.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

bool refused(Place place) {
  return place == Place::rejected_ring_full || place == Place::rejected_too_large ||
         place == Place::rejected_closed;
}

// What else than the ledger tells of a record.
struct Evidence {
  bool in_spool = false;
  bool hit = false;  // by a corruption
};

// The place of a record that the subject owns, or may own since its call never returned.
Place place_of_owned(const LedgerEntry& entry, const RecordTimes& times, Evidence evidence,
                     const RunRecord& run) {
  if (times.delivered != kNotYet) return Place::delivered;
  const DropReason dropped = entry.dropped.load();
  if (dropped == DropReason::quarantined) return Place::quarantined;
  if (dropped == DropReason::expired) return Place::expired;
  if (evidence.in_spool) return Place::pending_spool;
  // Only damage to its own bytes excuses the loss of a durable record; the subject has counted it then.
  if (times.durable != kNotYet) return evidence.hit ? Place::quarantined : Place::unplaced;
  if (dropped == DropReason::shutdown) return Place::lost_shutdown;
  if (run.killed(entry.incarnation.load())) return Place::lost_crash;
  if (!times.accepted() && !run.core()) return Place::rejected_unanswered;
  return Place::unplaced;
}

Place place_of(const LedgerEntry& entry, const RecordTimes& times, Evidence evidence, const RunRecord& run) {
  switch (times.outcome) {
    case CallOutcome::unissued: return Place::unissued;
    case CallOutcome::rejected_ring_full: return Place::rejected_ring_full;
    case CallOutcome::rejected_too_large: return Place::rejected_too_large;
    case CallOutcome::rejected_closed: return Place::rejected_closed;
    case CallOutcome::failed: return Place::rejected_failed;
    case CallOutcome::calling:
    case CallOutcome::accepted: break;
  }
  return place_of_owned(entry, times, evidence, run);
}

void count(Accounting& books, Place place) {
  switch (place) {
    case Place::unissued: ++books.unissued; break;
    case Place::rejected_ring_full: ++books.rejected.ring_full; break;
    case Place::rejected_too_large: ++books.rejected.too_large; break;
    case Place::rejected_closed: ++books.rejected.closed; break;
    case Place::rejected_failed: ++books.rejected.failed; break;
    case Place::rejected_unanswered: ++books.rejected.unanswered; break;
    case Place::delivered: ++books.delivered; break;
    case Place::quarantined: ++books.quarantined; break;
    case Place::expired: ++books.expired; break;
    case Place::pending_spool: ++books.pending_spool; break;
    case Place::lost_crash: ++books.lost_crash; break;
    case Place::lost_shutdown: ++books.lost_shutdown; break;
    case Place::unplaced: ++books.unaccounted; break;
  }
}

std::vector<bool> spooled(const RunRecord& run, Accounting& books) {
  std::vector<bool> in_spool(books.offered, false);
  for (const auto reference : run.in_spool) {
    if (reference < books.offered) {
      in_spool[reference] = true;
    } else {
      ++books.strangers_in_spool;
    }
  }
  return in_spool;
}

// Records without a durable claim that nobody has named yet may be those that the subject's stats
// count: in memory, or given up at shutdown without saying which.
void believe_stats(Accounting& books, const Stats& stats, std::uint64_t shutdown_by_name) {
  std::uint64_t unnamed = books.unaccounted - books.durable_unplaced;
  books.pending_memory = std::min(unnamed, stats.pending_memory);
  unnamed -= books.pending_memory;
  const auto by_number = stats.lost_shutdown - std::min(stats.lost_shutdown, shutdown_by_name);
  const auto given_up = std::min(unnamed, by_number);
  books.lost_shutdown += given_up;
  books.unaccounted -= books.pending_memory + given_up;
}

}  // namespace

Accounting account(const RunRecord& run) {
  Accounting books;
  books.offered = run.ledger.size();
  books.places.reserve(books.offered);
  const auto in_spool = spooled(run, books);
  const auto hit = hit_by_corruption(run);
  std::uint64_t shutdown_by_name = 0;  // in the last life, whose stats we have
  for (std::uint64_t i = 0; i < books.offered; ++i) {
    const auto& entry = run.ledger.entry(i);
    const auto times = times_of(entry);
    const Place place = place_of(entry, times, {in_spool[i], hit[i]}, run);
    count(books, place);
    books.places.push_back(place);
    const bool taken = times.delivered != kNotYet || in_spool[i];
    if ((refused(place) || place == Place::unissued) && taken) ++books.refused_yet_taken;
    if (times.durable != kNotYet) ++books.durable;
    if (place == Place::quarantined && entry.dropped.load() != DropReason::quarantined) ++books.corrupted;
    if (times.durable != kNotYet && place == Place::unplaced) ++books.durable_unplaced;
    if (entry.dropped.load() == DropReason::shutdown && !run.ended(entry.incarnation.load()))
      ++shutdown_by_name;
    const auto deliveries = entry.deliveries.load();
    if (deliveries > 1) books.deliveries_repeated += deliveries - 1;
  }
  if (run.stats) believe_stats(books, *run.stats, shutdown_by_name);
  return books;
}

}  // namespace holdfast::oracle
