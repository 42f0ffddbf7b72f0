#include "simulator/oracle/result_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "simulator/oracle/latency_histogram.h"
#include "simulator/oracle/record_times.h"
#include "simulator/scenario/names.h"

namespace holdfast::oracle {

namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

Json measures_of(const Measures& measures) {
  Json json = Json::object();
  for (const auto& [name, measured] : measures.by_name) json[name] = number(measured.value);
  return json;
}

Json notes_of(const Measures& measures) {
  Json json = Json::object();
  for (const auto& [name, measured] : measures.by_name)
    if (!measured.note.empty()) json[name] = measured.note;
  return json;
}

// Each tracker of a fleet beside the whole.
Json fleet_of(const Measures& measures) {
  Json json = Json::array();
  for (const auto& tracker : measures.trackers)
    json.push_back({{"tracker", json.size() + 1},
                    {"amplification.mean", number(tracker.amplification_mean)},
                    {"amplification.max", number(tracker.amplification_max)},
                    {"overshoot", number(tracker.overshoot)}});
  return json;
}

Json accounting_of(const Accounting& books) {
  return {{"offered", books.offered},
          {"unissued", books.unissued},
          {"rejected",
           {{"ring_full", books.rejected.ring_full},
            {"too_large", books.rejected.too_large},
            {"closed", books.rejected.closed},
            {"failed", books.rejected.failed},
            {"unanswered", books.rejected.unanswered}}},
          {"delivered", books.delivered},
          {"quarantined", books.quarantined},
          {"expired", books.expired},
          {"pending", {{"spool", books.pending_spool}, {"memory", books.pending_memory}}},
          {"lost", {{"crash", books.lost_crash}, {"shutdown", books.lost_shutdown}}},
          {"unaccounted", books.unaccounted}};
}

Json laws_of(const std::vector<LawResult>& laws) {
  Json json = Json::array();
  for (const auto& law : laws)
    json.push_back({{"law", law.law}, {"verdict", to_string(law.verdict)}, {"detail", law.detail}});
  return json;
}

Json expectations_of(const Judgement& judgement) {
  Json json = Json::array();
  for (const auto& result : judgement.expectations) {
    json.push_back({{"text", result.expectation.text},
                    {"measure", result.expectation.measure},
                    {"value", number(result.value)},
                    {"limit", result.expectation.value},
                    {"verdict", to_string(result.verdict)},
                    {"line", result.expectation.line}});
  }
  return json;
}

Json retention_of(const PhaseRetention& phase) {
  return {{"accepted", number(phase.accepted)},
          {"durable", number(phase.durable)},
          {"delivered", number(phase.delivered)},
          {"calls", number(phase.calls)},
          {"oracle_share", number(phase.oracle_share)}};
}

Json phases_of(const RunResult& result) {
  Json json = Json::array();
  Duration from{0};
  for (const auto& phase : result.run.scenario.phases) {
    Json entry = {{"name", phase.name}, {"from", seconds(from)}, {"to", seconds(from + phase.length)}};
    for (const auto& retained : result.measures.phases)
      if (retained.phase == phase.name) entry["retention"] = retention_of(retained);
    json.push_back(std::move(entry));
    from += phase.length;
  }
  return json;
}

Json windows_of(const RunRecord& run) {
  Json json = Json::array();
  for (const auto& window : run.windows) {
    json.push_back({{"phase", window.phase},
                    {"from", seconds(window.from)},
                    {"to", seconds(window.to)},
                    {"rules", window.rules}});
  }
  return json;
}

// From entry to return of record(), of every call that returned: {"63": 12} are 12 calls of at most
// 63 ns and more than the bucket before. The keys rise.
Json record_latency_of(const RunRecord& run) {
  LatencyHistogram histogram;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (times.called != kNotYet && times.returned != kNotYet) histogram.add(times.returned - times.called);
  }
  Json buckets = Json::object();
  for (const auto& [highest, count] : histogram.buckets()) buckets[std::to_string(highest.count())] = count;
  return {{"unit", "ns"}, {"calls", histogram.total()}, {"buckets", std::move(buckets)}};
}

Result<Json> resolved_of(const scenario::Scenario& scenario) {
  if (scenario.resolved_json.empty()) return Json(nullptr);
  try {
    return Json::parse(scenario.resolved_json);
  } catch (const Json::exception& error) {
    return fail(Code::internal, std::string("the resolved scenario is not JSON: ") + error.what());
  }
}

}  // namespace

Result<std::string> result_json(const RunResult& result) {
  const RunRecord& run = result.run;
  auto resolved = resolved_of(run.scenario);
  if (!resolved) return fail(resolved.error());
  Json json = {{"version", 1},
               {"scenario", run.scenario.title()},
               {"file", run.scenario.file},
               {"subject", to_string(run.scenario.subject.kind)},
               {"world", run.live ? "live" : "virtual"},
               {"seed", run.seed}};
  if (run.trace_hash) json["trace_hash"] = *run.trace_hash;
  json["verdict"] = to_string(result.judgement.verdict);
  json["reasons"] = result.judgement.reasons;
  json["measures"] = measures_of(result.measures);
  json["notes"] = notes_of(result.measures);
  if (!result.measures.trackers.empty()) json["fleet"] = fleet_of(result.measures);
  if (run.live) json["record_latency"] = record_latency_of(run);
  json["accounting"] = accounting_of(result.accounting);
  json["laws"] = laws_of(result.laws);
  json["expectations"] = expectations_of(result.judgement);
  json["phases"] = phases_of(result);
  json["fault_windows"] = windows_of(run);
  json["faults_fired"] = run.fired;
  json["resolved"] = std::move(*resolved);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::oracle
