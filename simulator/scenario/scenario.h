// A resolved scenario: everything a run needs, as plain data. parse_json.h makes one from a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/options.h"
#include "faultfs/model/fault_plan.h"
#include "simulator/scenario/process_event.h"
#include "simulator/upstream/upstream_fault.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::scenario {

enum class Arrival : std::uint8_t { constant, poisson, closed, trace };

struct Load {
  std::uint32_t producers = 4;
  Arrival arrival = Arrival::constant;
  double rate = 1000;                               // records/s over all producers; open loops
  Duration think = std::chrono::microseconds(200);  // closed: pause after a call returned
  std::string trace;                                // trace: path of the CSV
  std::optional<double> speed;                      // trace: 1 = as recorded; unset: stretched to the phases
};

struct Disk {
  Duration latency{0};                    // of each operation that reaches the device (VIRTUAL)
  std::optional<std::uint64_t> capacity;  // bytes (VIRTUAL); unset: unlimited
};

enum class SubjectKind : std::uint8_t {
  holdfast,     // the core
  naive_seed,   // sends each record and waits; no file
  naive_sync,   // rewrites a whole file, then sends each record and waits
  naive_retry,  // the same, again and again until it succeeds
  command,      // another program
};
// The controls, which a gate must reject.
constexpr bool is_naive(SubjectKind kind) {
  return kind == SubjectKind::naive_seed || kind == SubjectKind::naive_sync ||
         kind == SubjectKind::naive_retry;
}

struct Subject {
  SubjectKind kind = SubjectKind::holdfast;
  bool fallback_locations = false;   // the run gives it a backup and an emergency directory too
  std::vector<std::string> command;  // kind command: the program and its arguments
  std::string command_directory;     // where it runs: the directory of the scenario's file
  Options options;                   // directories and endpoint are filled in by the run

  // What the run fills in: "spool" and, when asked for, "backup" and "emergency" below the mount.
  // Directories of the usage file without a leading slash lie there too, where faults reach them.
  void place(const std::string& mount, const std::string& endpoint);
};

// A task of the host program, one operation after the other, that is producer 0 of the load: between
// operations it records what is due (LIVE).
struct Host {
  Duration task = std::chrono::microseconds(50);  // of computing, for each operation
};

inline constexpr std::uint32_t kLargestFleet = 2000;

struct Phase {
  std::string name;
  Duration length{0};
  faultfs::FaultPlan disk;
  std::vector<upstream::UpstreamRule> upstream;
  std::vector<ProcessEvent> process;
  std::size_t line = 0;  // where in the file; 0 when not from one
  bool faulty() const { return !disk.rules.empty() || !upstream.empty() || !process.empty(); }
};

struct Limits {
  Duration recover = std::chrono::seconds(20);
  Duration drain = std::chrono::seconds(50);
};

enum class Comparator : std::uint8_t { less, less_equal, equal, greater_equal, greater };

struct Expectation {
  std::string measure;  // "retention.durable"
  Comparator comparator = Comparator::greater_equal;
  double value = 0;      // "10%" is 0.10, "20s" is 20
  std::string text;      // as written, a share in percent
  std::size_t line = 0;  // where, for annotations; 0 when it came from --set
};

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

struct Scenario {
  int version = 1;
  std::string name;
  std::string why;
  std::string file;  // where it came from
  std::uint64_t seed = 1;
  std::optional<SeedRange> seeds;  // those that `gate` publishes
  bool live_tier = false;          // "tier": "live"
  Load load;
  Disk disk;
  upstream::UpstreamSettings upstream;
  Subject subject;
  std::uint32_t fleet = 1;  // trackers that share the upstream, each with this load
  std::optional<Host> host;
  std::vector<Phase> phases;
  Limits limits;
  std::vector<Expectation> expect;
  std::string resolved_json;  // the scenario after defaults and --set, canonical

  // What tables and result directories call it: its place below a directory named "scenarios"
  // ("disk/full"), or its name alone.
  std::string title() const;

  Duration length() const {
    Duration sum{0};
    for (const auto& phase : phases) sum += phase.length;
    return sum;
  }
  // The span over which `recovery.time` looks for goodput, and the measures of the upstream for peaks.
  Duration recovery_window() const { return live_tier ? std::chrono::seconds(2) : std::chrono::seconds(10); }
};

// The same scenario with every fault removed: what a run is compared with.
Scenario twin_of(const Scenario& scenario);

}  // namespace holdfast::scenario
