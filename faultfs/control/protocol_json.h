// What is said on the control socket: one JSON object a line, one answer a question, in order.
//
//   {"command": "load", "plan": {"rules": [...]}}     {"ok": true}, and "warning" when rules cannot reach all
//   {"command": "clear"}                              {"ok": true}
//   {"command": "restore"}                            {"ok": true, "restored": places}
//   {"command": "power_cut", "seed": 7, "data": "drawn", "names": "lost"}   {"ok": true, "power_cut": {...}}
//   {"command": "unsynced"}                           {"ok": true, "unsynced": {...}}, see durability_json.h
//   {"command": "promised"}                           {"ok": true, "promise": {...}}, see promise_json.h
//   {"command": "status"}                             {"ok": true, "status": {...}}
//   {"command": "log"}                                {"ok": true, "file": path}, or "lines": [...]
//   {"command": "coverage"}                           {"ok": true, "coverage": {...}}, see coverage_json.h
//   {"command": "trace"}                              {"ok": true, "lines": [...], "dropped": count}
//   {"command": "trace", "when": {...}}               of those that a trigger of a plan would mean, alone
//   {"command": "stop"}                               {"ok": true}, then the mount goes
//   what fails                                        {"ok": false, "error": "a sentence"}
//
// An answer is sent only after the command has taken effect. Lines are bounded. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/coverage.h"
#include "faultfs/model/durability_json.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/promise_json.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kLongestRequest = 1U << 20;
inline constexpr std::size_t kLongestAnswer = 8U << 20;

enum class Verb : std::uint8_t {
  load,
  clear,
  status,
  log,
  stop,
  restore,
  coverage,
  trace,
  power_cut,
  unsynced,
  promised
};

struct Request {
  Verb verb = Verb::status;
  FaultPlan plan{};       // load
  PowerCutRequest cut{};  // power_cut
  Trigger when{};         // trace: of which requests
};

// Files whose bytes the kernel moves by itself.
struct PassthroughStatus {
  std::string mode = "off";     // auto, on
  std::uint64_t handles = 0;    // open now
  std::uint64_t bypassing = 0;  // of those: an armed rule may meet their reads or writes, and does not
  std::uint64_t refused = 0;    // opens that the kernel did not let pass through
  std::string reason;           // why
};

// Of one kind since the mount.
struct OperationCount {
  std::uint64_t count = 0;
  std::uint64_t errors = 0;   // that were injected
  std::uint64_t bytes = 0;    // that were asked for
  std::uint64_t delayed = 0;  // by a rule
};

// Of a plan that is read again whenever SIGHUP comes.
struct ReloadStatus {
  std::uint64_t times = 0;
  std::string error;  // of the last time: why the plan stayed as it was
};

// What a trace has collected since it was asked last.
struct TraceLines {
  std::vector<std::string> lines;
  std::uint64_t dropped = 0;  // because nobody asked in time
};

struct MountStatus {
  std::int64_t pid = 0;
  std::string source;
  std::string mountpoint;
  std::uint64_t seed = 0;
  std::string fault_log;  // empty: none was asked for
  std::string sync_log;
  FaultPlan plan;
  std::uint64_t fired = 0;
  std::map<std::string, std::uint64_t> fired_by_rule;
  std::map<std::string, OperationCount> operations;
  std::optional<std::uint64_t> space_left;  // while a `full` rule limits it
  std::optional<std::uint64_t> inodes_left;
  PassthroughStatus passthrough;
  ReloadStatus reload;
  std::uint64_t delayed = 0;  // requests held right now
  std::uint64_t inodes = 0;
  std::uint64_t lost_log_lines = 0;
};

struct Answer {
  std::string status;              // status: the JSON object as text
  std::string file;                // log: where it is written; empty when it is kept in memory
  std::string warning;             // load: what the rules cannot reach
  std::vector<std::string> lines;  // log: the newest, when it is kept in memory
  std::uint64_t restored = 0;      // restore: places
  CoverageReport coverage;         // coverage
  std::uint64_t dropped = 0;       // trace, whose lines are above
  PowerCutReport power_cut;        // power_cut
  UnsyncedReport unsynced;         // unsynced
  Promise promise;                 // promised
};

std::string print_request(const Request& request);
Result<Request> parse_request(std::string_view line);

std::string print_done(const std::string& warning = {});
std::string print_restored(std::uint64_t places);
std::string print_status_answer(const MountStatus& status);
std::string print_log_answer(const std::string& file, const std::vector<std::string>& lines);
std::string print_coverage_answer(const CoverageReport& report);
std::string print_power_cut_answer(const PowerCutReport& report);
std::string print_unsynced_answer(const UnsyncedReport& report);
std::string print_promise_answer(const Promise& promise);
std::string print_trace_answer(const TraceLines& trace);
std::string print_failure(const Error& error);
// The answer, or the error that the other side reported.
Result<Answer> parse_answer(std::string_view line);

}  // namespace holdfast::faultfs
