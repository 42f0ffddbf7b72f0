// The effects of fault_plan_json.h's grammar that let an operation wait: for its turn, or for an end. What is
// drawn or measured is in latency_json.h.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

PlanResult<ThrottleEffect> throttle_from_json(const nlohmann::json& value, const std::string& pointer);
PlanResult<HangEffect> hang_from_json(const nlohmann::json& value, const std::string& pointer);
nlohmann::json to_json(const ThrottleEffect& caps);
nlohmann::json to_json(const HangEffect& hang);

}  // namespace holdfast::faultfs
