#include "simulator/sweep/finding_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/config/options_json.h"
#include "simulator/scenario/resolved_json.h"

namespace holdfast::sweep {
namespace {

using Json = nlohmann::ordered_json;

// What is the same in both goes.
void drop_same(Json& value, const Json& same) {
  for (const auto& [key, other] : same.items()) {
    if (!value.contains(key)) continue;
    if (value[key].is_object()) drop_same(value[key], other);
    if (value[key] == other || (value[key].is_object() && value[key].empty())) value.erase(key);
  }
}

Json scenario_json(const scenario::Scenario& scenario) {
  const auto resolved = Json::parse(scenario::resolved_json(scenario));
  Json value;
  for (const char* key :
       {"version", "name", "why", "seed", "load", "disk", "upstream", "subject", "phases", "limits"})
    if (resolved.contains(key)) value[key] = resolved[key];
  drop_same(value["subject"]["options"], Json::parse(config::options_to_json(Options{}).dump()));
  return value;
}

Json finding_json(const Finding& finding) {
  const auto& shrunk = finding.shrunk;
  Json also = Json::array();
  for (const auto& broken : shrunk.report.broken)
    also.push_back({{"law", broken.law}, {"detail", broken.detail}});
  return {{"seed", finding.trial.seed},
          {"scenario", scenario_json(shrunk.scenario)},
          {"law", finding.broken.law},
          {"detail", finding.broken.detail},
          {"times", finding.times},
          {"broken", std::move(also)},
          {"shrunk",
           {{"tried", shrunk.tried},
            {"rules", {{"before", shrunk.rules_before}, {"after", shrunk.rules_after}}},
            {"events", {{"before", shrunk.events_before}, {"after", shrunk.events_after}}}}},
          {"drawn", scenario_json(finding.trial.scenario)}};
}

std::string dump(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string scenario_text(const scenario::Scenario& scenario) { return dump(scenario_json(scenario)); }

std::string hunt_json(const HuntResult& result) {
  Json findings = Json::array();
  for (const auto& finding : result.findings) findings.push_back(finding_json(finding));
  return dump({{"version", 1},
               {"runs", result.runs},
               {"records", result.records},
               {"events", result.events},
               {"twice", result.twice},
               {"trace_hash", fmt::format("{:016x}", result.trace_hash)},
               {"seconds", result.seconds},
               {"runs_per_minute", result.runs_per_minute()},
               {"interrupted", result.interrupted},
               {"findings", std::move(findings)}});
}

}  // namespace holdfast::sweep
