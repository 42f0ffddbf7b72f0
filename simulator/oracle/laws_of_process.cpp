// Isolation and bounds: what the subject may do to the program and the machine around it.
#include "core/delivery/held_record.h"
#include "core/ingest/frame_ring.h"
#include "core/ingest/record_frame.h"
#include "simulator/oracle/findings.h"
#include "simulator/oracle/laws.h"

namespace holdfast::oracle {

namespace {

// A record takes at least this much of a ring, where its text has the length it has; in memory all take
// the same.
constexpr std::uint64_t kLeastRingBytes = ingest::FrameRing<>::kHeader + ingest::kFrameFixedBytes;
constexpr std::uint64_t kHeldBytes = sizeof(delivery::HeldRecord);

bool disk_fault_before(const RunRecord& run, Duration at) {
  for (const auto& window : run.windows) {
    if (window.from >= at) continue;
    for (const auto& phase : run.scenario.phases)
      if (phase.name == window.phase && !phase.disk.rules.empty()) return true;
  }
  return false;
}

// The most records that may be accepted and not yet durable when the process is killed at `at`: full
// rings, the commit under way, and what memory holds while a faulted disk takes nothing.
std::uint64_t crash_limit(const RunRecord& run, Duration at) {
  const auto& options = run.scenario.subject.options;
  const auto rings = run.scenario.load.producers * (options.ring.bytes / kLeastRingBytes);
  const auto held = disk_fault_before(run, at) ? options.memory.max_bytes / kHeldBytes : 0;
  return rings + options.spool.commit_records + held;
}

std::uint64_t lost_in_life(const RunRecord& run, const Accounting& books, std::uint16_t life) {
  std::uint64_t lost = 0;
  for (std::uint64_t i = 0; i < books.places.size(); ++i)
    if (books.places[i] == Place::lost_crash && run.ledger.entry(i).incarnation.load() == life) ++lost;
  return lost;
}

}  // namespace

LawResult check_isolation(const RunRecord& run, const Accounting&) {
  Findings findings("isolation");
  if (!run.live && !run.isolation) return findings.not_judged("VIRTUAL says nothing about the host program");
  if (!run.isolation) return findings.not_judged("nothing was observed of the host program");
  const auto& seen = *run.isolation;
  if (seen.allocations > 0) findings.add("record() allocated memory {} times", seen.allocations);
  if (seen.exceptions_escaped > 0)
    findings.add("{} exceptions reached the host program", seen.exceptions_escaped);
  if (seen.died) findings.add("the host program died or hung, and nobody had killed it");
  return findings.result("no fault reached the host program");
}

LawResult check_bounds(const RunRecord& run, const Accounting& books) {
  Findings findings("bounds");
  for (const auto& bound : run.bounds)
    if (bound.highest > bound.limit)
      findings.add("{} reached {}, the limit is {}", bound.what, bound.highest, bound.limit);
  std::size_t kills = 0;
  for (const auto& [life, end] : run.ended_lives) {
    if (!end.killed) continue;
    ++kills;
    const auto lost = lost_in_life(run, books, life);
    const auto limit = crash_limit(run, end.at);
    if (lost > limit) findings.add("kill {} lost {} records, the limit is {}", kills, lost, limit);
  }
  if (run.bounds.empty() && kills == 0) return findings.not_judged("nothing was sampled, nobody was killed");
  return findings.result(fmt::format("{} bounds held over {} kills", run.bounds.size(), kills));
}

}  // namespace holdfast::oracle
