// The triggers of fault_plan_json.h's grammar.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

PlanResult<Trigger> trigger_from_json(const nlohmann::json& value, const std::string& pointer);
nlohmann::json to_json(const Trigger& when);

// Of operations and paths alone, as a command line names them: "write,syncs", "spool/**"; empty: all.
Result<Trigger> trigger_of_words(std::string_view operations, const std::string& path);

}  // namespace holdfast::faultfs
