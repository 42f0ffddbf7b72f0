// A run that is over, with all that its record refers to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/env/file_system.h"
#include "core/options.h"
#include "core/stats.h"
#include "simulator/load/arrivals.h"
#include "simulator/oracle/ledger.h"
#include "simulator/oracle/run_record.h"
#include "simulator/subject/watched_transport.h"

namespace holdfast::run {

// How long a subject may take to close, in both worlds.
inline constexpr Duration kCloseWithin = std::chrono::seconds(5);
// How long a life tries to open its subject.
inline constexpr Duration kOpenWithin = std::chrono::seconds(10);

struct FinishedRun {
  FinishedRun(std::unique_ptr<oracle::Ledger> owned, scenario::Scenario played, std::uint64_t seed)
      : ledger(std::move(owned)), record{.ledger = *ledger, .scenario = std::move(played), .seed = seed} {}

  std::unique_ptr<oracle::Ledger> ledger;
  oracle::RunRecord record;
  std::vector<std::string> fault_lines;  // faults.jsonl
  std::string subject_log;               // LIVE: what the subject said on standard error
  std::string note;                      // what a person should know: why it ended early, say
  // VIRTUAL: calls of the subject's lives to the disk and the link, in each phase, and those that came
  // after the last (kernel.h). A process event may name one by its number.
  std::vector<std::uint64_t> operations_in_phases;
  std::uint64_t operations = 0;  // all of them
};

// Of each power cut in its turn.
RandomStream power_cut_seeds(std::uint64_t seed);

// How many entries the ledger of a run needs.
std::uint64_t ledger_capacity(const scenario::Scenario& scenario, const load::Schedule& schedule);
// Writes down what will be offered, so that it is known even if the subject never calls.
void fill_intended(oracle::Ledger& ledger, const load::Schedule& schedule, std::uint64_t first_reference = 0);

// What the subject's options bound; `stats` samples give the highest values.
class BoundsSampler {
 public:
  explicit BoundsSampler(const scenario::Scenario& scenario);
  void sample(const Stats& stats);
  std::vector<oracle::Bound> bounds() const { return {spool_, memory_}; }

 private:
  oracle::Bound spool_;
  oracle::Bound memory_;
};

// Each shipper has one request under way at most.
oracle::Bound in_flight_bound(const scenario::Scenario& scenario, const subject::WatchedTransport& transport);

// What the disk holds of a subject at the end: the records of the spool, over all its locations, how many
// were damaged there, and how many the usage file counts, if one is kept. A location that was never made
// holds nothing. Added to what the record has of other subjects of the run.
Status read_disk(FileSystem& files, const scenario::Subject& subject, oracle::RunRecord& record);

// Applied at the upstream: the one place that writes `delivered`.
void note_delivery(oracle::Ledger& ledger, Duration at, const RequestElement& element, bool duplicate);

}  // namespace holdfast::run
