#include "simulator/run/live_evidence.h"

#include <algorithm>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/sync_log.h"
#include "simulator/run/fault_lines_json.h"

namespace holdfast::run {

Status audit_logs(FinishedRun& finished, const LiveLogs& logs) {
  auto& record = finished.record;
  const std::int64_t start_ns = finished.ledger->start_ns();
  for (const auto& [rule, count] : count_rules(logs.faults)) record.fired[rule] += count;
  for (const auto& phase : record.scenario.phases)
    for (const auto& rule : phase.disk.rules) record.fired.try_emplace(rule.name, 0);
  finished.fault_lines = merge_fault_lines(logs.faults, start_ns, std::move(finished.fault_lines));
  if (record.control()) return {};
  auto disk = oracle::parse_sync_log(logs.syncs);
  if (!disk) return fail(disk.error());
  auto claims = oracle::parse_claims(logs.claims);
  if (!claims) return fail(claims.error());
  for (auto& claim : *claims)
    record.frames.push_back({claim.path, claim.begin, std::move(claim.references), std::move(claim.ends)});
  record.damage = damaged_ranges(logs.faults);
  record.claims = oracle::audit_claims(std::move(*disk), std::move(*claims), start_ns);
  return {};
}

std::vector<oracle::FaultWindow> windows_that_were(const oracle::RunRecord& record) {
  auto windows = oracle::planned_windows(record.scenario);
  if (!record.interrupted) return windows;
  std::erase_if(windows, [&](const auto& window) { return window.from >= record.length; });
  for (auto& window : windows) window.to = std::min(window.to, record.length);
  return windows;
}

}  // namespace holdfast::run
