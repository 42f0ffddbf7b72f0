#include "simulator/subject/whole_file_json.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace holdfast::subject {
namespace {

using nlohmann::json;

constexpr std::size_t kSessions = 1000;

std::string date_of(WallTime now) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

void add_to(json& totals, const UsageRecord& record) {
  if (totals.is_null()) totals = json::object();
  totals["requests"] = totals.value("requests", std::uint64_t{0}) + 1;
  totals["input_tokens"] = totals.value("input_tokens", std::uint64_t{0}) + record.input_tokens;
  totals["output_tokens"] = totals.value("output_tokens", std::uint64_t{0}) + record.output_tokens;
  totals["cost_nanousd"] = totals.value("cost_nanousd", std::uint64_t{0}) + record.cost_nanousd;
}

json session_of(const UsageRecord& record, WallTime now) {
  return {{"timestamp", now.time_since_epoch().count()},
          {"model", record.model},
          {"provider", record.provider},
          {"operation", record.operation},
          {"input_tokens", record.input_tokens},
          {"output_tokens", record.output_tokens},
          {"cost_nanousd", record.cost_nanousd},
          {"latency_us", record.latency_us}};
}

void change(json& usage, const UsageRecord& record, WallTime now) {
  add_to(usage["daily_totals"][date_of(now)], record);
  add_to(usage["model_breakdown"][std::string(record.model)], record);
  add_to(usage["provider_breakdown"][std::string(record.provider)], record);
  auto& sessions = usage["sessions"];
  sessions.push_back(session_of(record, now));
  if (sessions.size() > kSessions) sessions.erase(sessions.begin());
  usage["last_updated"] = now.time_since_epoch().count();
}

json read(const std::string& path) {
  std::ifstream file(path);
  json usage = json::parse(file, nullptr, false);
  return usage.is_object() ? usage : json::object();
}

Status write(const std::string& path, const json& usage) {
  std::ofstream file(path, std::ios::trunc);
  file << usage.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  file.close();
  if (!file) return fail(Code::io, "cannot write " + path);
  return {};
}

}  // namespace

Status WholeFile::add(const UsageRecord& record, WallTime now) {
  base::MutexLock lock(mutex_);
  try {
    json usage = read(path_);
    change(usage, record, now);
    return write(path_, usage);
  } catch (const json::exception&) {  // valid JSON of another shape: torn, and overwritten by hand
    return write(path_, json::object());
  }
}

}  // namespace holdfast::subject
