#include "simulator/gate/gate_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "simulator/gate/reproduce.h"
#include "simulator/scenario/expectation.h"
#include "simulator/scenario/measures.h"

namespace holdfast::gate {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

void add_bounds(Json& json, const MedianBounds& bounds) {
  json["median"] = number(bounds.median);
  json["low"] = number(bounds.low);
  json["high"] = number(bounds.high);
}

Json measures_of(const Row& row) {
  Json json = Json::object();
  for (const auto& measure : scenario::known_measures()) {
    const auto values = row.values(measure.name);
    Json entry = {{"values", Json::array()}};
    bool some = false;
    for (const auto& value : values) {
      entry["values"].push_back(number(value));
      some |= value.has_value();
    }
    if (!some) continue;
    add_bounds(entry, row.bounds(measure.name));
    json[std::string(measure.name)] = std::move(entry);
  }
  return json;
}

Json judged_of(const Judged& judged) {
  const auto& expectation = judged.requirement.expectation;
  Json json = {{"text", expectation.text},
               {"measure", expectation.measure},
               {"comparator", scenario::to_string(expectation.comparator)},
               {"limit", expectation.value}};
  if (judged.requirement.is_target())
    json["phase"] = judged.requirement.phase;
  else
    json["line"] = expectation.line;
  const bool by_bounds = judged.bounds.low && !judged.requirement.every_run();
  json["judged_by"] = by_bounds ? "median" : "every run";
  json["verdict"] = to_string(judged.verdict);
  json["held"] = judged.held;
  json["of"] = judged.of;
  add_bounds(json, judged.bounds);
  return json;
}

Json runs_of(const Row& row) {
  Json json = Json::array();
  for (const auto& play : row.plays()) {
    Json run = {
        {"seed", play.seed}, {"verdict", oracle::to_string(play.soundness)}, {"reasons", play.reasons}};
    if (!play.trace_hash.empty()) run["trace_hash"] = play.trace_hash;
    run["broken_laws"] = play.broken_laws;
    json.push_back(std::move(run));
  }
  return json;
}

Json row_of(const Row& row, const std::vector<std::string>& overrides) {
  Json json = {{"scenario", row.title()},
               {"file", row.scenario().file},
               {"subject", row.subject()},
               {"control", row.is_control()},
               {"verdict", oracle::to_string(row.verdict())},
               {"reasons", row.reasons()},
               {"extra_runs", row.extra()},
               {"runs", runs_of(row)},
               {"measures", measures_of(row)},
               {"expectations", Json::array()},
               {"targets", Json::array()}};
  if (row.is_control()) json["rejected"] = row.rejected();
  for (const auto& judged : row.judged())
    json[judged.requirement.is_target() ? "targets" : "expectations"].push_back(judged_of(judged));
  if (is_problem(row)) json["reproduce"] = reproduce(row, overrides);
  return json;
}

Json not_run_of(const GateResult& result) {
  Json json = Json::array();
  for (const auto& one : result.not_run)
    json.push_back({{"scenario", one.scenario.title()},
                    {"file", one.scenario.file},
                    {"reason", one.reason},
                    {"command", one.command(result.overrides)}});
  return json;
}

}  // namespace

std::string gate_json(const GateResult& result) {
  const auto check = result.self_check();
  Json json = {{"version", 1},
               {"verdict", oracle::to_string(result.verdict())},
               {"interrupted", result.interrupted},
               {"self_check", {{"failed", check.failed}, {"sentences", check.sentences}}},
               {"virtual", Json::array()},
               {"live", Json::array()},
               {"not_run", not_run_of(result)}};
  for (const auto& row : result.rows) json[std::string(row.world())].push_back(row_of(row, result.overrides));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::gate
