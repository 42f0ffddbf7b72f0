// Conservation, durability, identity: what must be true of each record.
#include <algorithm>
#include <string>
#include <vector>

#include "simulator/oracle/corruption.h"
#include "simulator/oracle/findings.h"
#include "simulator/oracle/laws.h"
#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

// What the ledger saw of the calls made to the subject's last life (of each tracker).
struct LastLife {
  std::uint64_t calls = 0;
  std::uint64_t ring_full = 0;
};

LastLife last_life(const RunRecord& run) {
  LastLife life;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto& entry = run.ledger.entry(i);
    if (run.ended(entry.incarnation.load())) continue;
    const auto outcome = entry.outcome.load();
    if (outcome != CallOutcome::unissued) ++life.calls;
    if (outcome == CallOutcome::rejected_ring_full) ++life.ring_full;
  }
  return life;
}

// Damaged records have no name any more, so the subject counts them; the ledger knows them by the bytes
// that were hit. Those that it has not read again are still in the spool. A life after a kill finds also
// damage to records that were delivered before, so there the numbers are not comparable.
void check_quarantined(Findings& findings, const RunRecord& run, const Accounting& books,
                       const Stats& stats) {
  if (!run.ended_lives.empty()) return;
  if (stats.quarantined <= books.quarantined && books.quarantined <= stats.quarantined + run.damaged_in_spool)
    return;
  findings.add(
      "the subject counts {} records quarantined and the spool holds {} damaged ones; the ledger counts {}, "
      "of "
      "them {} hit by a corruption",
      stats.quarantined, run.damaged_in_spool, books.quarantined, books.corrupted);
}

// The subject's own books, which are exact once it has closed.
void check_stats(Findings& findings, const RunRecord& run, const Accounting& books, const Stats& stats) {
  if (stats.pending_memory > 0)
    findings.add("{} records are pending in the memory of a subject that has closed", stats.pending_memory);
  if (!stats.conserved()) {
    findings.add("the subject's own books do not add up: offered {} + recovered {}, places {}", stats.offered,
                 stats.recovered, stats.places());
  }
  check_quarantined(findings, run, books, stats);
  const auto life = last_life(run);
  if (stats.offered != life.calls)
    findings.add("the subject counts {} records offered, the ledger {}", stats.offered, life.calls);
  if (stats.rejected_ring_full != life.ring_full) {
    findings.add("the subject counts {} records rejected by a full ring, the ledger {}",
                 stats.rejected_ring_full, life.ring_full);
  }
}

// The most that a record takes in a segment.
constexpr std::uint64_t kMostFrameBytes = 128;

// The usage file counts every accepted record once. Of killed lives it counts those that were durable,
// unless the spool had to give their segments up while the file had not counted them yet: it does so
// beyond half of spool.max_bytes. What was damaged on disk cannot be counted from there, be it delivered or
// not.
void check_usage(Findings& findings, const RunRecord& run, const Accounting& books, std::uint64_t counted) {
  std::uint64_t accepted = 0, calling = 0;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto outcome = run.ledger.entry(i).outcome.load();
    if (outcome == CallOutcome::accepted) ++accepted;
    if (outcome == CallOutcome::calling) ++calling;
  }
  if (counted > accepted + calling)
    findings.add("the usage file counts {} records, {} were accepted", counted, accepted + calling);
  if (!run.stats || !run.closed) return;
  const std::uint64_t known = counted + run.stats->usage_pending;
  if (run.ended_lives.empty() && known != accepted) {
    findings.add("the usage file counts {} records and {} wait for it, {} were accepted", counted,
                 run.stats->usage_pending, accepted);
  }
  const bool held = books.durable * kMostFrameBytes <= run.scenario.subject.options.spool.max_bytes / 2;
  const auto hit = hit_by_corruption(run);
  const auto uncountable =
      books.quarantined - books.corrupted + static_cast<std::uint64_t>(std::ranges::count(hit, true));
  if (!run.ended_lives.empty() && held && known + uncountable < books.durable)
    findings.add("the usage file counts {} records, {} were durable", counted, books.durable);
}

std::uint64_t delivered_by_anyone(const RunRecord& run) {
  std::uint64_t delivered = 0;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i)
    if (run.ledger.entry(i).delivered_ns.load() != 0) ++delivered;
  return delivered;
}

std::string first_of(const Accounting& books, Place place, const RunRecord& run, bool durable) {
  for (std::uint64_t i = 0; i < books.places.size(); ++i)
    if (books.places[i] == place && (!durable || run.ledger.entry(i).durable_ns.load() != 0))
      return fmt::format("the first is record {}", i);
  return "none by name";
}

}  // namespace

LawResult check_conservation(const RunRecord& run, const Accounting& books) {
  Findings findings("conservation");
  if (books.unaccounted > 0) {
    findings.add("{} of {} offered records are in no place; {}", books.unaccounted, books.offered,
                 first_of(books, Place::unplaced, run, false));
  }
  if (books.refused_yet_taken > 0)
    findings.add("{} records were refused or never offered and yet taken", books.refused_yet_taken);
  if (books.strangers_in_spool > 0)
    findings.add("the spool holds {} records that nobody offered", books.strangers_in_spool);
  if (run.upstream && run.upstream->known_keys != delivered_by_anyone(run)) {
    findings.add("the upstream knows {} keys, the ledger {} delivered records", run.upstream->known_keys,
                 delivered_by_anyone(run));
  }
  if (run.stats && run.closed) check_stats(findings, run, books, *run.stats);
  if (run.usage_records) check_usage(findings, run, books, *run.usage_records);
  for (const auto& problem : run.usage_problems) findings.add("{}", problem);
  return findings.result(fmt::format("{} offered records are in one place each", books.offered));
}

LawResult check_durability(const RunRecord& run, const Accounting& books) {
  Findings findings("durability");
  if (!run.claims.failed.empty()) {
    const auto& first = run.claims.failed.front();
    findings.add("{} of {} claims of durability are false; the first, at {:.3f} s, {} [{}, {}): {}",
                 run.claims.failed.size(), run.claims.checked, seconds(first.at), first.path, first.begin,
                 first.end, first.reason);
  }
  if (books.durable_unplaced > 0) {
    findings.add("{} records reported durable are gone; {}", books.durable_unplaced,
                 first_of(books, Place::unplaced, run, true));
  }
  if (books.durable > 0 && run.claims.checked == 0)
    findings.doubt("records were reported durable, and no claim was checked against the disk");
  if (books.durable == 0 && run.claims.checked == 0)
    return findings.not_judged("the subject reported nothing durable");
  const std::string excused =
      books.corrupted == 0 ? "" : fmt::format("; {} gone records were hit by a corruption", books.corrupted);
  return findings.result(fmt::format("{} claims for {} records were checked against the disk{}",
                                     run.claims.checked, books.durable, excused));
}

LawResult check_identity(const RunRecord& run, const Accounting& books) {
  Findings findings("identity");
  std::uint64_t twice = 0;
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto& entry = run.ledger.entry(i);
    if (entry.second_key.load()) ++twice;
    if (entry.key.load() != 0) keys.push_back(entry.key.load());
  }
  std::ranges::sort(keys);
  const auto shared = static_cast<std::size_t>(std::ranges::unique(keys).size());
  if (twice > 0) findings.add("{} records were delivered under two idempotency keys", twice);
  if (shared > 0) findings.add("{} records were delivered under the key of another record", shared);
  return findings.result(
      fmt::format("every record kept its key; {} repeated deliveries", books.deliveries_repeated));
}

}  // namespace holdfast::oracle
