// A fault plan as people write it: JSON with comments, whose errors say where they are.
//
//   auto plan = parse_plan_text(text, "plan.json", [](const std::string& file) { return read(file); });
//   plan.error().message          // "plan.json:3:14: unknown error \"EOI\"; ..."
//
// `read` gives the text of a file of samples (latency_json.h). Pure but for what it reads by that.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/latency_json.h"

namespace holdfast::faultfs {

Result<FaultPlan> parse_plan_text(std::string_view text, const std::string& file, const ReadText& read);

}  // namespace holdfast::faultfs
