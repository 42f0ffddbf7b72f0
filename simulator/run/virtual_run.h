// One run in virtual time: the scenario's subject, load and faults on fibers, in one thread.
//
//   auto finished = run_virtual(scenario, seed);
//   (*finished)->record.trace_hash
//
//   run_virtual(scenario, seed, {}, [](const TraceLine& line) { ... });      // event by event
//
// A subject that hangs breaks the law of isolation. Code::invalid for what only LIVE can do
// (scenario/live_only.h).
#pragma once

#include <functional>

#include "core/base/result.h"
#include "simulator/run/finished_run.h"
#include "simulator/run/trace_line.h"

namespace holdfast::run {

// Told now and then how far a run is: virtual or real time since its start.
using OnProgress = std::function<void(Duration at, const oracle::Ledger& ledger)>;

Result<std::unique_ptr<FinishedRun>> run_virtual(const scenario::Scenario& scenario, std::uint64_t seed,
                                                 const OnProgress& progress = {}, const OnTrace& trace = {});

}  // namespace holdfast::run
