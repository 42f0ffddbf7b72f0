#include "simulator/scenario/resolved_json.h"

#include <nlohmann/json.hpp>

#include "core/base/units.h"
#include "core/config/options_json.h"
#include "faultfs/model/fault_plan_json.h"
#include "simulator/scenario/names.h"

namespace holdfast::scenario {
namespace {

using nlohmann::json;

// Rates are doubles per second; the shortest decimal that reads back the same.
std::string rate_text(double rate) { return json(rate).dump() + "/s"; }

json load_json(const Load& load) {
  json value = {{"producers", load.producers}, {"arrival", to_string(load.arrival)}, {"record", "usage"}};
  switch (load.arrival) {
    case Arrival::constant:
    case Arrival::poisson: value["rate"] = rate_text(load.rate); break;
    case Arrival::closed: value["think"] = format_duration(load.think); break;
    case Arrival::trace:
      value["trace"] = load.trace;
      if (load.speed) value["speed"] = *load.speed;
      break;
  }
  return value;
}

json disk_json(const Disk& disk) {
  json value = {{"latency", format_duration(disk.latency)}};
  if (disk.capacity) value["capacity"] = format_size(*disk.capacity);
  return value;
}

double share_of(std::uint64_t parts) {
  return static_cast<double>(parts) / static_cast<double>(upstream::kCertain);
}

json upstream_rule_json(const upstream::UpstreamRule& rule) {
  json value = {{"name", rule.name}};
  json& effect = value["effect"] = json::object();
  if (rule.effect.outage) effect["outage"] = to_string(*rule.effect.outage);
  if (rule.effect.latency) effect["latency"] = format_duration(*rule.effect.latency);
  if (rule.effect.error_rate) effect["error_rate"] = share_of(*rule.effect.error_rate);
  if (rule.effect.reset) effect["reset"] = to_string(*rule.effect.reset);
  if (rule.effect.slow) effect["slow"] = format_size(*rule.effect.slow) + "/s";
  if (rule.effect.partial) effect["partial"] = share_of(*rule.effect.partial);
  if (rule.effect.answer) effect["answer"] = to_string(*rule.effect.answer);
  if (rule.probability != upstream::kCertain) value["when"]["probability"] = share_of(rule.probability);
  if (rule.from.count() != 0) value["when"]["from"] = format_duration(rule.from);
  if (rule.to != Duration::max()) value["when"]["to"] = format_duration(rule.to);
  if (rule.nth > 0) value["when"]["nth"] = rule.nth;
  if (rule.from_nth > 0) value["when"]["from_nth"] = rule.from_nth;
  return value;
}

json process_event_json(const ProcessEvent& event) {
  json action = json::object();
  if (event.operation)
    action["operation"] = *event.operation;
  else
    action["at"] = format_duration(event.at);
  if (event.lasts != Duration::max())
    action[event.ends_life() ? "down" : "for"] = format_duration(event.lasts);
  if (event.tracker) action["tracker"] = *event.tracker;
  if (event.times > 1) {
    action["times"] = event.times;
    action["every"] = format_duration(event.every);
  }
  if (event.shift > Duration{0}) action["forward"] = format_duration(event.shift);
  if (event.shift < Duration{0}) action["back"] = format_duration(-event.shift);
  return {{"name", event.name}, {to_string(event.action), std::move(action)}};
}

json phase_json(const Phase& phase) {
  json value = {{"name", phase.name}, {"for", format_duration(phase.length)}};
  for (const auto& rule : phase.disk.rules) value["disk"].push_back(faultfs::to_json(rule));
  for (const auto& rule : phase.upstream) value["upstream"].push_back(upstream_rule_json(rule));
  for (const auto& event : phase.process) value["process"].push_back(process_event_json(event));
  return value;
}

// What the run fills in is no part of the scenario.
json subject_json(const Subject& subject) {
  json options = config::options_to_json(subject.options);
  for (const char* directory : {"directory", "backup_directory", "emergency_directory"})
    options["spool"].erase(directory);
  options["delivery"].erase("endpoint");
  json value = {{"kind", to_string(subject.kind)},
                {"fallback_locations", subject.fallback_locations},
                {"options", std::move(options)}};
  if (!subject.command.empty()) value["command"] = subject.command;
  return value;
}

}  // namespace

std::string resolved_json(const Scenario& scenario) {
  json value = {{"version", scenario.version},
                {"name", scenario.name},
                {"why", scenario.why},
                {"seed", scenario.seed},
                {"tier", kTierNames[scenario.live_tier ? 1 : 0]},
                {"load", load_json(scenario.load)},
                {"disk", disk_json(scenario.disk)},
                {"upstream",
                 {{"latency", format_duration(scenario.upstream.latency)},
                  {"concurrency", scenario.upstream.concurrency}}},
                {"subject", subject_json(scenario.subject)},
                {"fleet", scenario.fleet},
                {"phases", json::array()},
                {"limits",
                 {{"recover", format_duration(scenario.limits.recover)},
                  {"drain", format_duration(scenario.limits.drain)}}},
                {"expect", json::array()}};
  if (scenario.seeds)
    value["seeds"] = std::to_string(scenario.seeds->first) + ".." + std::to_string(scenario.seeds->last);
  if (scenario.host) value["host"]["task"] = format_duration(scenario.host->task);
  for (const auto& phase : scenario.phases) value["phases"].push_back(phase_json(phase));
  for (const auto& expectation : scenario.expect) value["expect"].push_back(expectation.text);
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::scenario
