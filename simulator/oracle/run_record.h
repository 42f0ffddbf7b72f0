// What a run hands to the oracle, whichever world it ran in: plain data, filled by run/ and judged
// here. Every time is a Duration from the start of the run; the ledger keeps its own (+1 ns).
//
//   RunRecord record{*ledger, scenario, seed};
//   record.windows = planned_windows(scenario);     // LIVE: with the instants that really were
//   record.stats = core.close(...); ...
//   RunResult result = evaluate(record, &twin);     // evaluate.h
//
// Threads: none; the run is over. A field that a world cannot know stays empty, and what depends on
// it is "not judged" rather than passed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/observer.h"
#include "core/stats.h"
#include "simulator/oracle/attempts.h"
#include "simulator/oracle/host_task.h"
#include "simulator/oracle/ledger.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::oracle {

// An interval in which the same rules were armed. A rule with its own `from` and `to` splits the
// interval of its phase; a process event is armed for its spans (scenario/process_event.h).
struct FaultWindow {
  std::string phase;
  Duration from{0};
  Duration to{0};
  std::vector<std::string> rules;
};

struct BreakerChange {
  Duration at{0};
  BreakerState state = BreakerState::closed;
  std::uint32_t tracker = 0;
};

// A claim of durability that the disk does not bear out.
struct FailedClaim {
  std::string path;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  Duration at{0};
  std::string reason;
};

struct ClaimAudit {
  std::uint64_t checked = 0;  // all claims that were looked at, failed or not
  std::vector<FailedClaim> failed;
};

// Where the frames of a claim lie, as DurableClaim tells it; the path is relative to the mount.
struct ClaimedFrames {
  std::string path;
  std::uint64_t begin = 0;
  std::vector<std::uint64_t> references;
  std::vector<std::uint64_t> ends;
};

// Bytes that an injected corruption hit, by the log of faults. A spool never uses a path again, nor the
// bytes of a file, so when it happened does not matter.
struct DamagedRange {
  std::string path;  // relative to the mount
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// The highest value ever sampled of something that an option bounds: {"spool bytes", 1000, 4096}.
struct Bound {
  std::string what;
  std::uint64_t highest = 0;
  std::uint64_t limit = 0;
};

// What record() and the faults did to the host program (LIVE).
struct Isolation {
  std::uint64_t allocations = 0;         // made inside record()
  std::uint64_t exceptions_escaped = 0;  // out of any call of the tracker
  bool died = false;                     // the subject ended by a signal or code that nobody ordered
};

// How a life of the subject ended before the run did.
struct LifeEnd {
  Duration at{0};
  bool killed = true;  // false: it was asked to stop, and did
  std::uint32_t tracker = 0;
  Duration gone{0};  // when it had; of who was asked to stop, later than `at`
};

// One of a fleet. Its records are those from `first_reference` to that of the next.
struct TrackerRecord {
  std::uint64_t first_reference = 0;
  Attempts attempts;  // counted from its first reference
};

struct UpstreamTotals {
  std::uint64_t requests = 0;
  std::uint64_t known_keys = 0;
};

struct RunRecord {
  const Ledger& ledger;
  scenario::Scenario scenario;
  std::uint64_t seed = 0;
  bool live = false;
  bool interrupted = false;               // ended before its time, say by Ctrl-C
  std::optional<std::string> trace_hash;  // VIRTUAL
  Duration length{0};                     // until the last observation, so with the drain after the load

  std::vector<FaultWindow> windows;              // in order of `from`
  std::map<std::string, std::uint64_t> fired;    // by rule; process events count too
  std::map<std::uint16_t, LifeEnd> ended_lives;  // by LedgerEntry::incarnation
  std::vector<TrackerRecord> fleet;              // in order of their references; empty where one is alone

  std::optional<Stats> stats;  // the core's own, of its last life; naive subjects have none; a fleet's sum
  bool closed = false;         // close() returned, so that `stats` is exact
  ClaimAudit claims;
  std::vector<ClaimedFrames> frames;    // of all claims
  std::vector<DamagedRange> damage;     // by corruptions
  std::vector<std::uint64_t> in_spool;  // references that inspect read from the spool's files at the end
  std::uint64_t damaged_in_spool = 0;   // frames that it found damaged there, settled ones among them
  std::optional<std::uint64_t> usage_records;  // counted in the usage file at the end, if one is kept
  std::vector<std::string> usage_problems;     // copies of it that do not belong together
  std::optional<UpstreamTotals> upstream;
  std::optional<Attempts> attempts;  // what reached the upstream
  std::vector<Bound> bounds;
  std::vector<BreakerChange> breaker;  // of each tracker in order of time; a breaker starts closed
  std::optional<Isolation> isolation;
  std::optional<HostTask> host;  // of scenarios with a host task (LIVE)

  // The core itself, with books, spool and breaker; a control that must be rejected; or neither:
  // another program.
  bool core() const { return scenario.subject.kind == scenario::SubjectKind::holdfast; }
  bool control() const { return scenario::is_naive(scenario.subject.kind); }
  bool ended(std::uint16_t life) const { return ended_lives.contains(life); }
  bool killed(std::uint16_t life) const { return ended(life) && ended_lives.at(life).killed; }
  // Whose record it is: the number of the tracker, from 0.
  std::uint32_t tracker_of(std::uint64_t reference) const;
  bool closed_loop() const { return scenario.load.arrival == scenario::Arrival::closed; }
};

}  // namespace holdfast::oracle
