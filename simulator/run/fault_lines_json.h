// The lines of faults.jsonl that do not come from faultfs itself, and counting those that do.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::run {

// {"t":1250000000,"source":"upstream","rule":"away","batch":7,"attempt":0,"decision":"refuse"}
std::string upstream_fault_line(const upstream::UpstreamEvent& event, Time start);

// How often each rule fired, by the lines of a fault log; lines cut off by a kill are passed over.
std::map<std::string, std::uint64_t> count_rules(std::string_view fault_log);

}  // namespace holdfast::run
