// The words that a scenario file uses for the choices of scenario.h, each list by value of its enum.
//
//   reader.choice("arrival", kArrivalNames)       // the index is the enum's value
//   to_string(Arrival::poisson)                   // "poisson"
//
// One idea, one word: the file, its schema, explain and results all use these. Pure.
#pragma once

#include <string_view>

#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

inline constexpr std::string_view kArrivalNames[] = {"constant", "poisson", "closed", "trace"};
inline constexpr std::string_view kSubjectNames[] = {"holdfast", "naive-seed", "naive-sync", "naive-retry",
                                                     "command"};
inline constexpr std::string_view kTierNames[] = {"virtual", "live"};  // by value of live_tier
inline constexpr std::string_view kOutageNames[] = {"refuse", "error", "hang", "blackhole"};
inline constexpr std::string_view kResetNames[] = {"request", "answer"};
inline constexpr std::string_view kAnswerFaultNames[] = {"lost", "truncated"};
inline constexpr std::string_view kProcessActionNames[] = {"kill", "power_cut", "restart", "pause",
                                                           "clock_jump"};

inline std::string_view to_string(Arrival arrival) {
  return kArrivalNames[static_cast<std::size_t>(arrival)];
}
inline std::string_view to_string(SubjectKind kind) { return kSubjectNames[static_cast<std::size_t>(kind)]; }
inline std::string_view to_string(ProcessAction action) {
  return kProcessActionNames[static_cast<std::size_t>(action)];
}
inline std::string_view to_string(upstream::Outage outage) {
  return kOutageNames[static_cast<std::size_t>(outage)];
}
inline std::string_view to_string(upstream::Reset reset) {
  return kResetNames[static_cast<std::size_t>(reset)];
}
inline std::string_view to_string(upstream::AnswerFault fault) {
  return kAnswerFaultNames[static_cast<std::size_t>(fault)];
}

}  // namespace holdfast::scenario
