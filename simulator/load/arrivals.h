// When records are offered: a schedule that follows from the scenario and its seed alone, so that
// the harness knows what was offered even when the subject was dead.
//
//   Result<Schedule> schedule = make_schedule(scenario, seed);
//   schedule->arrivals[i].intended   // from the start of the run
//
// Open loops (constant, poisson, trace) list every arrival. A closed loop has an empty list; its
// producers call again `think` after the last call returned.
#pragma once

#include <cstdint>
#include <vector>

#include "core/record.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::load {

struct ArrivalTime {
  Duration intended{0};
  std::uint32_t producer = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
};

struct Schedule {
  std::vector<ArrivalTime> arrivals;  // in order of intended time; the index is the record's reference
};

Result<Schedule> make_schedule(const scenario::Scenario& scenario, std::uint64_t seed);

// The record number `index` of a run: the same for the same seed. Its strings are static.
UsageRecord make_record(const ArrivalTime& arrival, std::uint64_t index, std::uint64_t seed);

}  // namespace holdfast::load
