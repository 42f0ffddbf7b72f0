#include "faultfs/model/plan_text_json.h"

#include "faultfs/model/fault_plan_json.h"
#include "faultfs/model/json_positions_json.h"

namespace holdfast::faultfs {

Result<FaultPlan> parse_plan_text(std::string_view text, const std::string& file, const ReadText& read) {
  const auto parsed = parse_positioned(text, file);
  if (!parsed) return fail(parsed.error());
  const auto told = [&](const PlanError& error) {
    const TextPlace place = parsed->place_of(error.pointer, error.at_key);
    return fail(Code::invalid, to_string(file, place) + ": " + error.message);
  };
  auto plan = plan_from_json(parsed->document);
  if (!plan) return told(plan.error());
  const auto samples = read_samples(plan->rules, "/rules", read);
  if (!samples) return told(samples.error());
  return *std::move(plan);
}

}  // namespace holdfast::faultfs
