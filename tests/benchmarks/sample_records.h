// Records as programs write them: models, providers and operations of many lengths, made like those
// of the simulator. Their strings are static.
#pragma once

#include <cstdint>
#include <vector>

#include "simulator/load/arrivals.h"

namespace holdfast::bench {

inline std::vector<UsageRecord> sample_records(std::size_t count = 1024) {
  std::vector<UsageRecord> records;
  records.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    records.push_back(load::make_record({}, i, 42));
    records.back().time_ns = 1'767'225'600'000'000'000 + static_cast<std::int64_t>(i) * 1'000'000;
  }
  return records;
}

}  // namespace holdfast::bench
