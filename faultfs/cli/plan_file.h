// A fault plan as the user gives it: a file, or "-" for standard input.
//
//   auto plan = read_plan("plan.json");
//
// Files of samples are looked for beside the plan. Errors name the file.
#pragma once

#include <string>

#include "core/base/result.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs::cli {

// `what` it is, for the error: "plan".
Result<std::string> read_text(const std::string& path, std::string_view what);
Result<FaultPlan> read_plan(const std::string& path);

}  // namespace holdfast::faultfs::cli
