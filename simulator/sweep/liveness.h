// How long a subject may take to be well again once every fault is over: derived from its options, so that a
// sound core never needs longer, and one that is stuck always does.
//
//   scenario::Limits limits = limits_of(scenario, records);     // waiting for so many records at most
//   double rate = sustainable_rate(scenario);                   // that it can deliver with room to spare
//
// Each term is the longest wait of one part: a probe sent to an ill upstream times out, the breaker stays
// open for its longest time, a batch sits out its longest pause, a location of the spool waits for its next
// trial, and then the backlog goes out at a quarter of what the shippers can carry. Pure.
#pragma once

#include <cstdint>

#include "simulator/scenario/scenario.h"

namespace holdfast::sweep {

// A breaker is judged by how long records wait for it, so batches must not sit out longer pauses than its
// own.
void make_breaker_judgeable(Options& options);

std::uint64_t sustainable_rate(const scenario::Scenario& scenario);  // records a second
scenario::Limits limits_of(const scenario::Scenario& scenario, std::uint64_t records);

}  // namespace holdfast::sweep
