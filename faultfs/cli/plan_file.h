// A fault plan as the user gives it: a file, or "-" for standard input; and a fault log.
//
//   auto plan = read_plan("plan.json");
//   auto faults = read_fault_log("faults.jsonl");
//
// Files of samples are looked for beside the plan. Errors name the file; those of a plan its line and column.
#pragma once

#include <string>

#include "core/base/result.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/recorded_faults_json.h"

namespace holdfast::faultfs::cli {

// `what` it is, for the error: "plan". "-" is standard input.
Result<std::string> read_text(const std::string& path, std::string_view what);
Result<FaultPlan> read_plan(const std::string& path);
// At least one fault.
Result<std::vector<RecordedFault>> read_fault_log(const std::string& path);

}  // namespace holdfast::faultfs::cli
