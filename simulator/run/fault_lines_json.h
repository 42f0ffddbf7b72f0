// The lines of faults.jsonl that do not come from faultfs itself, and counting those that do.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "simulator/oracle/run_record.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::run {

// {"n":0,"t":1250000000,"source":"upstream","rule":"away","batch":7,"attempt":0,"decision":"refuse"}
std::string upstream_fault_line(const upstream::UpstreamEvent& event, Time start);

// One list in order of time: the disk's log, whose times are CLOCK_MONOTONIC, counted from the start of
// the run, among the upstream's lines. Lines are numbered anew ("n").
std::vector<std::string> merge_fault_lines(std::string_view disk_log, std::int64_t start_ns,
                                           std::vector<std::string> upstream_lines);

// How often each rule fired, by the lines of a fault log; lines cut off by a kill are passed over.
std::map<std::string, std::uint64_t> count_rules(std::string_view fault_log);

// The bytes that the corruptions in a fault log hit.
std::vector<oracle::DamagedRange> damaged_ranges(std::string_view fault_log);

}  // namespace holdfast::run
