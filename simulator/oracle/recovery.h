// How long after the faults the subject needed: until goodput returned, until the backlog was gone.
//
//   Wait wait = recovery_time(run);
//   if (wait.kind == Wait::Kind::after) ... wait.time after the end of W
//
// Recovery: the first t after W with deliveries in [t, t + window) of at least 95 % of the records
// offered there; the window (Scenario::recovery_window) must lie within the load. Drain: the instant
// at which the last record accepted before the end of W is delivered or ended otherwise. Pure.
#pragma once

#include <cstdint>

#include "simulator/oracle/accounting.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

struct Wait {
  enum class Kind : std::uint8_t {
    unknown,  // the run gave no occasion: no fault, or too little load after it
    never,    // not within what was observed
    after,    // `time` after the end of W
  };
  Kind kind = Kind::unknown;
  Duration time{0};
};

Wait recovery_time(const RunRecord& run);
Wait drain_time(const RunRecord& run, const Accounting& books);

}  // namespace holdfast::oracle
