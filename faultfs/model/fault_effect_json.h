// The effects of fault_plan_json.h's grammar, and what each leaves to say of when it happens.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

PlanResult<Effect> effect_from_json(const nlohmann::json& value, const std::string& pointer);
nlohmann::json to_json(const Effect& effect);
// On one line.
std::string print_effect(const Effect& effect);

// The keys that the "when" of such a rule may have, and why it has no more; no reason: it may have all.
struct Scope {
  std::vector<std::string_view> keys;
  std::string_view why;
};
Scope scope_of(const Effect& effect);

}  // namespace holdfast::faultfs
