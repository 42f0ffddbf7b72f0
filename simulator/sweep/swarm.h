// A random scenario for each seed (swarm testing: Groce, Zhang, Eide, Chen, Regehr, ISSTA 2012): each
// kind of fault is on or off, so that no fault always hides what another would show.
//
//   scenario::Scenario drawn = swarm(base, seed);     // the same for the same two, everywhere
//   run::run_virtual(drawn, seed)
//
//   | calm | safety: faults by windows, chances, counts | liveness: none, as long as the limits need |
//
// Load, disk, upstream and subject are the base's, with some of its options drawn anew; its phases, limits
// and expectations are not used. Faults stay within what can be recovered from (docs/hunting.md), and the
// limits of liveness are derived from the options (liveness.h), so a broken law is a bug. Pure.
#pragma once

#include <cstdint>

#include "simulator/scenario/scenario.h"

namespace holdfast::sweep {

inline constexpr std::uint64_t kMostRecords = 20'000;  // of one run

scenario::Scenario swarm(const scenario::Scenario& base, std::uint64_t seed);

}  // namespace holdfast::sweep
