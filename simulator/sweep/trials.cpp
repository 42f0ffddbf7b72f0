#include "simulator/sweep/trials.h"

#include <utility>

#include "core/base/units.h"

namespace holdfast::sweep {
namespace {

RunReport play_twice(const TrialSettings& settings, const Trial& trial) {
  CallHashes calls;
  RunReport report = settings.play(trial.scenario, trial.seed, &calls);
  calls.compare_next();
  const RunReport again = settings.play(trial.scenario, trial.seed, &calls);
  if (report.trace_hash == again.trace_hash) return report;
  const auto hashes = "the trace hashes are " + report.trace_hash + " and " + again.trace_hash;
  const auto& difference = calls.difference();
  report.broken.push_back({"determinism", difference.empty() ? hashes : difference + "; " + hashes});
  return report;
}

RunReport report_of(const Child& child, Duration within) {
  if (child.too_long)
    return {.broken = {{"pace", "not done after " + format_duration(within) + " of real time"}},
            .trace_hash = {}};
  if (child.answer)
    if (auto report = report_from(*child.answer)) return *report;
  return {.broken = {{"survival", child.answer ? "its answer is cut off" : child.death}}, .trace_hash = {}};
}

}  // namespace

void Trials::start(Trial trial) {
  const auto number = trial.number;
  auto& kept = running_[number] = std::move(trial);
  children_.start(number, settings_.within, [&] {
    return to_text(kept.twice ? play_twice(settings_, kept)
                              : settings_.play(kept.scenario, kept.seed, nullptr));
  });
}

std::vector<Trial> Trials::wait() {
  std::vector<Trial> ended;
  for (const Child& child : children_.wait()) {
    auto node = running_.extract(child.number);
    node.mapped().report = report_of(child, settings_.within);
    ended.push_back(std::move(node.mapped()));
  }
  return ended;
}

void Trials::abandon() {
  children_.end_all();
  running_.clear();
}

std::vector<RunReport> Trials::play_all(const std::vector<Trial>& trials) {
  std::vector<RunReport> reports(trials.size());
  std::map<std::uint64_t, std::size_t> places;
  for (std::size_t next = 0; next < trials.size() || !idle();) {
    for (; next < trials.size() && !full(); ++next) {
      places[trials[next].number] = next;
      start(trials[next]);
    }
    for (auto& trial : wait()) reports[places[trial.number]] = std::move(trial.report);
  }
  return reports;
}

}  // namespace holdfast::sweep
