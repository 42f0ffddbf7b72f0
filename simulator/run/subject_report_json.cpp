#include "simulator/run/subject_report_json.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "simulator/oracle/result_files.h"

namespace holdfast::run {
namespace {

using Field = std::pair<const char*, std::uint64_t Stats::*>;
constexpr Field kStats[] = {
    {"offered", &Stats::offered},
    {"rejected_ring_full", &Stats::rejected_ring_full},
    {"rejected_too_large", &Stats::rejected_too_large},
    {"rejected_closed", &Stats::rejected_closed},
    {"delivered", &Stats::delivered},
    {"quarantined", &Stats::quarantined},
    {"expired", &Stats::expired},
    {"pending_spool", &Stats::pending_spool},
    {"pending_memory", &Stats::pending_memory},
    {"lost_shutdown", &Stats::lost_shutdown},
    {"recovered", &Stats::recovered},
    {"commits", &Stats::commits},
    {"failed_commits", &Stats::failed_commits},
    {"segments_sealed", &Stats::segments_sealed},
    {"segments_retired", &Stats::segments_retired},
    {"requests", &Stats::requests},
    {"retries", &Stats::retries},
    {"duplicates", &Stats::duplicates},
    {"breaker_opens", &Stats::breaker_opens},
    {"fallbacks", &Stats::fallbacks},
    {"spool_location", &Stats::spool_location},
    {"spool_bytes", &Stats::spool_bytes},
    {"spool_bytes_primary", &Stats::spool_bytes_primary},
    {"spool_bytes_backup", &Stats::spool_bytes_backup},
    {"spool_bytes_emergency", &Stats::spool_bytes_emergency},
    {"detached_workers", &Stats::detached_workers},
    {"usage_counted", &Stats::usage_counted},
    {"usage_pending", &Stats::usage_pending},
    {"usage_recounted", &Stats::usage_recounted},
    {"usage_lost", &Stats::usage_lost},
    {"usage_other", &Stats::usage_other},
    {"usage_flushes", &Stats::usage_flushes},
    {"usage_failures", &Stats::usage_failures},
    {"usage_fallbacks", &Stats::usage_fallbacks},
    {"usage_recoveries", &Stats::usage_recoveries},
};
static_assert(sizeof(Stats) == sizeof(kStats) / sizeof(Field) * sizeof(std::uint64_t),
              "every counter travels");

nlohmann::json json_of(const oracle::HostTask& task) {
  nlohmann::json json;
  json["alone_per_second"] = task.alone_per_second;
  json["alone_gap_ns"] = task.alone_gap.count();
  json["bins"] = nlohmann::json::array();
  for (const auto& bin : task.bins) json["bins"].push_back({bin.operations, bin.gap.count()});
  return json;
}

oracle::HostTask host_task_of(const nlohmann::json& json) {
  oracle::HostTask task;
  task.alone_per_second = json.at("alone_per_second").get<double>();
  task.alone_gap = Duration(json.at("alone_gap_ns").get<std::int64_t>());
  for (const auto& bin : json.at("bins"))
    task.bins.push_back({bin.at(0).get<std::uint32_t>(), Duration(bin.at(1).get<std::int64_t>())});
  return task;
}

nlohmann::json json_of(const SubjectReport& report) {
  nlohmann::json json;
  json["closed"] = report.closed;
  json["allocations"] = report.allocations;
  json["exceptions"] = report.exceptions;
  json["bounds"] = nlohmann::json::array();
  for (const auto& bound : report.bounds)
    json["bounds"].push_back({{"what", bound.what}, {"highest", bound.highest}, {"limit", bound.limit}});
  json["breaker"] = nlohmann::json::array();
  for (const auto& change : report.breaker)
    json["breaker"].push_back({{"at_ns", change.at.count()}, {"state", static_cast<int>(change.state)}});
  if (report.host) json["host"] = json_of(*report.host);
  if (report.stats)
    for (const auto& [name, member] : kStats) json["stats"][name] = (*report.stats).*member;
  return json;
}

SubjectReport report_of(const nlohmann::json& json) {
  SubjectReport report;
  report.closed = json.at("closed").get<bool>();
  report.allocations = json.at("allocations").get<std::uint64_t>();
  report.exceptions = json.at("exceptions").get<std::uint64_t>();
  for (const auto& bound : json.at("bounds"))
    report.bounds.push_back({bound.at("what").get<std::string>(), bound.at("highest").get<std::uint64_t>(),
                             bound.at("limit").get<std::uint64_t>()});
  for (const auto& change : json.at("breaker"))
    report.breaker.push_back({Duration(change.at("at_ns").get<std::int64_t>()),
                              static_cast<BreakerState>(change.at("state").get<int>())});
  if (json.contains("host")) report.host = host_task_of(json.at("host"));
  if (json.contains("stats")) {
    report.stats.emplace();
    for (const auto& [name, member] : kStats)
      (*report.stats).*member = json.at("stats").at(name).get<std::uint64_t>();
  }
  return report;
}

}  // namespace

Status write_report(const std::string& path, const SubjectReport& report) {
  return oracle::write_whole_file(path, json_of(report).dump(1) + "\n");
}

Result<SubjectReport> read_report(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(Code::not_found, path + ": the subject left no report");
  try {
    return report_of(nlohmann::json::parse(text.str()));
  } catch (const nlohmann::json::exception& problem) {
    return fail(Code::corrupted, path + ": " + problem.what());
  }
}

}  // namespace holdfast::run
