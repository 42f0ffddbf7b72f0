#include "simulator/oracle/intervals.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace holdfast::oracle {

namespace {

struct NamedSpan {
  std::string rule;
  Interval span;
};

// A rule's window clipped to its phase; offsets count from the start of the phase.
void add(std::vector<NamedSpan>& spans, const std::string& rule, Duration start, Duration length,
         Duration from, Duration to) {
  const Interval span{start + std::min(from, length), start + std::min(to, length)};
  if (span.from < span.to) spans.push_back({rule, span});
}

std::vector<NamedSpan> spans_of(const scenario::Phase& phase, Duration start) {
  std::vector<NamedSpan> spans;
  for (const auto& rule : phase.disk.rules)
    add(spans, rule.name, start, phase.length, rule.when.from, rule.when.to);
  for (const auto& rule : phase.upstream) add(spans, rule.name, start, phase.length, rule.from, rule.to);
  for (const auto& event : phase.process)
    for (const auto& span : scenario::spans_of(event, phase.length))
      add(spans, event.name, start, phase.length, span.from, span.to);
  return spans;
}

// Cuts the phase at every edge of a span, so that each window has one set of armed rules.
void append_windows(std::vector<FaultWindow>& windows, const std::string& phase,
                    const std::vector<NamedSpan>& spans) {
  std::set<Duration> edges;
  for (const auto& named : spans) edges.insert({named.span.from, named.span.to});
  for (auto edge = edges.begin(); edge != edges.end() && std::next(edge) != edges.end(); ++edge) {
    FaultWindow window{phase, *edge, *std::next(edge), {}};
    for (const auto& named : spans)
      if (named.span.from <= window.from && window.to <= named.span.to) window.rules.push_back(named.rule);
    if (!window.rules.empty()) windows.push_back(std::move(window));
  }
}

}  // namespace

Intervals unite(Intervals intervals) {
  std::ranges::sort(intervals, {}, [](const Interval& i) { return std::pair(i.from, i.to); });
  Intervals united;
  for (const auto& interval : intervals) {
    if (interval.from >= interval.to) continue;
    if (united.empty() || united.back().to < interval.from) {
      united.push_back(interval);
    } else {
      united.back().to = std::max(united.back().to, interval.to);
    }
  }
  return united;
}

Intervals complement(const Intervals& united, Duration end) {
  Intervals rest;
  Duration from{0};
  for (const auto& interval : united) {
    if (from < std::min(interval.from, end)) rest.push_back({from, std::min(interval.from, end)});
    from = std::max(from, interval.to);
  }
  if (from < end) rest.push_back({from, end});
  return rest;
}

const Interval* interval_at(const Intervals& united, Duration at) {
  const auto after = std::ranges::upper_bound(united, at, {}, &Interval::from);
  if (after == united.begin()) return nullptr;
  const auto& candidate = *std::prev(after);
  return at < candidate.to ? &candidate : nullptr;
}

Intervals armed(const RunRecord& run) {
  Intervals all;
  for (const auto& window : run.windows) all.push_back({window.from, window.to});
  return unite(std::move(all));
}

std::vector<StressPhase> stress_phases(const RunRecord& run) {
  std::vector<StressPhase> phases;
  for (const auto& window : run.windows) {
    auto found = std::ranges::find(phases, window.phase, &StressPhase::name);
    if (found == phases.end()) found = phases.insert(phases.end(), {window.phase, {}});
    found->armed.push_back({window.from, window.to});
  }
  for (auto& phase : phases) phase.armed = unite(std::move(phase.armed));
  std::erase_if(phases, [](const StressPhase& phase) { return phase.armed.empty(); });
  return phases;
}

Intervals upstream_faults(const RunRecord& run) {
  Intervals all;
  for (const auto& window : run.windows)
    if (!upstream_rules(run, window).empty()) all.push_back({window.from, window.to});
  return unite(std::move(all));
}

std::vector<FaultWindow> planned_windows(const scenario::Scenario& scenario) {
  std::vector<FaultWindow> windows;
  Duration start{0};
  for (const auto& phase : scenario.phases) {
    append_windows(windows, phase.name, spans_of(phase, start));
    start += phase.length;
  }
  return windows;
}

const scenario::ProcessEvent* without_process(const RunRecord& run, const FaultWindow& window) {
  for (const auto& phase : run.scenario.phases) {
    if (phase.name != window.phase) continue;
    for (const auto& event : phase.process)
      if (event.action != scenario::ProcessAction::clock_jump && !event.operation && !event.tracker &&
          std::ranges::find(window.rules, event.name) != window.rules.end())
        return &event;
  }
  return nullptr;
}

std::vector<const upstream::UpstreamRule*> upstream_rules(const RunRecord& run, const FaultWindow& window) {
  std::vector<const upstream::UpstreamRule*> rules;
  for (const auto& phase : run.scenario.phases) {
    if (phase.name != window.phase) continue;
    for (const auto& rule : phase.upstream)
      if (std::ranges::find(window.rules, rule.name) != window.rules.end()) rules.push_back(&rule);
  }
  return rules;
}

}  // namespace holdfast::oracle
