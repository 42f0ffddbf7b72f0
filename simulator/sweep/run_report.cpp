#include "simulator/sweep/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/config/options_table.h"
#include "simulator/oracle/laws.h"
#include "simulator/run/virtual_run.h"
#include "simulator/scenario/check.h"
#include "simulator/scenario/live_only.h"

namespace holdfast::sweep {
namespace {

constexpr std::string_view kEnd = "end";

// One line for each field; a law and its detail stand apart by a tab.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\t', ' ');
  return text;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void read_field(RunReport& report, std::string_view key, std::string_view value) {
  if (key == "records") report.records = number_of(value);
  if (key == "events") report.events = number_of(value);
  if (key == "operations") report.operations = number_of(value);
  if (key == "trace") report.trace_hash = value;
  if (key != "broken") return;
  const auto tab = value.find('\t');
  report.broken.push_back({std::string(value.substr(0, tab)), std::string(value.substr(tab + 1))});
}

RunReport refused(const Error& error) { return {.broken = {{"playable", error.message}}, .trace_hash = {}}; }

}  // namespace

Status check_playable(const scenario::Scenario& scenario) {
  if (auto options = config::validate(scenario.subject.options); !options) return options;
  if (auto checked = scenario::check_scenario(scenario); !checked) return checked;
  if (const auto why = scenario::why_live_only(scenario); !why.empty()) return fail(Code::invalid, why);
  return {};
}

bool RunReport::breaks(std::string_view law) const {
  return std::ranges::any_of(broken, [&](const Broken& one) { return one.law == law; });
}

RunReport play(const scenario::Scenario& scenario, std::uint64_t seed, CallHashes* calls) {
  RunReport report;
  if (auto checked = check_playable(scenario); !checked) return refused(checked.error());
  run::OnTrace trace;
  if (calls != nullptr) trace = [calls](const run::TraceLine& line) { calls->note(line); };
  const auto finished = run::run_virtual(scenario, seed, {}, trace);
  if (!finished) return refused(finished.error());
  const auto& record = (*finished)->record;
  for (const auto& law : oracle::check_laws(record))
    if (law.verdict == oracle::LawVerdict::fail) report.broken.push_back({law.law, law.detail});
  report.records = record.ledger.size();
  report.operations = (*finished)->operations;
  for (const auto& [name, times] : record.fired) report.events += times;
  report.trace_hash = record.trace_hash.value_or("");
  return report;
}

std::string to_text(const RunReport& report) {
  std::string text = fmt::format("records\t{}\nevents\t{}\noperations\t{}\ntrace\t{}\n", report.records,
                                 report.events, report.operations, report.trace_hash);
  for (const auto& [law, detail] : report.broken) text += "broken\t" + law + "\t" + one_line(detail) + "\n";
  return text.append(kEnd);
}

std::optional<RunReport> report_from(std::string_view text) {
  if (!text.ends_with(kEnd)) return std::nullopt;
  RunReport report;
  while (text != kEnd) {
    const auto line = text.substr(0, text.find('\n'));
    const auto tab = line.find('\t');
    if (line.size() == text.size() || tab == std::string_view::npos) return std::nullopt;
    read_field(report, line.substr(0, tab), line.substr(tab + 1));
    text.remove_prefix(line.size() + 1);
  }
  return report;
}

}  // namespace holdfast::sweep
