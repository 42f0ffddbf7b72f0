// What was retained under fault, phase by phase, against the twin.
//
//   auto phases = retention(run, twin);
//   phases[0].durable                 // 0.87, or nothing when under 100 records were offered
//
// Denominators are the larger of the twin's count and 95 % of the records that the twin was offered
// in the same intervals, so an overloaded twin helps nobody. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

inline constexpr Duration kSafeWithin = std::chrono::seconds(1);  // of the intended time, to count as durable
inline constexpr double kLeastRecords = 100;                      // fewer judge nothing

// Of the records intended in a set of intervals, and the calls that returned there.
struct Counts {
  std::uint64_t offered = 0;
  std::uint64_t accepted = 0;
  std::uint64_t durable = 0;    // safe within kSafeWithin
  std::uint64_t delivered = 0;  // acknowledged by the end of their interval
  std::uint64_t calls = 0;      // returned in the intervals, whenever intended
  std::uint64_t arrivals = 0;   // acknowledged in the intervals, whenever intended
};
Counts count_in(const Ledger& ledger, const Intervals& intervals);

struct PhaseRetention {
  std::string phase;
  std::optional<double> accepted{};
  std::optional<double> durable{};
  std::optional<double> delivered{};
  std::optional<double> calls{};         // closed loops only
  std::optional<double> oracle_share{};  // what any client could have delivered, over the twin's deliveries
};

std::vector<PhaseRetention> retention(const RunRecord& run, const RunRecord& twin);

}  // namespace holdfast::oracle
