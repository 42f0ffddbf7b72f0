// Refuses a scenario that could run but not be judged: a verdict from it would mean nothing.
//
//   auto status = check_scenario(*load_scenario(file));
//   if (!status) ...       // one line for each reason, with file and line where they are known
//
// A recovery phase too short for its limit, a fault that cannot fire, an expectation that the load or the
// subject can never meet, process events that overlap, a live scenario that lasts too long. Pure.
#pragma once

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

inline constexpr Duration kLongestLive = std::chrono::seconds(15);
inline constexpr std::uint64_t kMostArrivals = 20'000'000;  // of one run
inline constexpr std::uint64_t kMostSeeds = 1'000'000;
inline constexpr std::uint64_t kMostLives = 256;  // of the subject, in one run

Status check_scenario(const Scenario& scenario);

}  // namespace holdfast::scenario
