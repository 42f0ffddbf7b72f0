// A line of trace.jsonl (docs/formats.md).
//
//   {"t":4201350000,"node":1,"who":"shipper-2","what":"send","about":"batch 7 ...","outcome":"200"}
//
// Pure.
#pragma once

#include <string>

#include "simulator/run/trace_line.h"

namespace holdfast::run {

std::string trace_json_line(const TraceLine& line);

}  // namespace holdfast::run
