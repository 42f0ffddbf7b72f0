// The triggers of fault_plan_json.h's grammar.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

PlanResult<Trigger> trigger_from_json(const nlohmann::json& value, const std::string& pointer);
nlohmann::json to_json(const Trigger& when);

}  // namespace holdfast::faultfs
