// One event of a VIRTUAL run, for people and for trace.jsonl: a call of a port, a fault that was decided, a
// claim of durability, a delivery, a change of the breaker, what befell the process.
//
//   run_virtual(scenario, seed, {}, [](const TraceLine& line) { fmt::print("{}\n", format_line(line)); });
//
// Plain data; in order of time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/time.h"

namespace holdfast::run {

struct TraceLine {
  Duration at{0};          // since the start of the run
  std::uint32_t node = 0;  // 0: the harness; each life of the subject is a node
  std::string who;         // the fiber; "" where there is none
  std::string what;        // "write", "fault", "claim", ...
  std::string about;       // a path, a batch, a rule; may be ""
  std::string outcome;     // an errno, a number, a decision; may be ""
  std::uint64_t hash = 0;  // of the run up to here; of port calls
};
using OnTrace = std::function<void(const TraceLine&)>;

// "  4.201350000  1 shipper-2   send      batch 7 attempt 0, 20 records -> 200"
std::string format_line(const TraceLine& line);

}  // namespace holdfast::run
