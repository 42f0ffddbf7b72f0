#include "simulator/sweep/smaller.h"

#include <algorithm>
#include <cstdint>

#include "core/config/options_table.h"

namespace holdfast::sweep {
namespace {

using scenario::Phase;
using scenario::Scenario;
using namespace std::chrono_literals;

constexpr Duration kShortestPhase = 10ms;

// Faults and process events --------------------------------------------------------------------------

// Without those whose numbers, counted over all phases, lie in [from, to).
Scenario without_rules(const Scenario& scenario, std::size_t from, std::size_t to) {
  Scenario fewer = scenario;
  std::size_t number = 0;
  const auto is_out = [&](const auto&) {
    const std::size_t own = number++;
    return from <= own && own < to;
  };
  for (Phase& phase : fewer.phases) {
    std::erase_if(phase.disk.rules, is_out);
    std::erase_if(phase.upstream, is_out);
    std::erase_if(phase.process, is_out);
  }
  return fewer;
}

std::size_t count(const Scenario& scenario) {
  std::size_t rules = 0;
  for (const Phase& phase : scenario.phases)
    rules += phase.disk.rules.size() + phase.upstream.size() + phase.process.size();
  return rules;
}

// [0, size) in halves, quarters, ... and one by one: what to leave out.
struct Part {
  std::size_t from, to;
};
std::vector<Part> parts_of(std::size_t size) {
  std::vector<Part> parts;
  for (std::size_t length = (size + 1) / 2; size > 0 && length > 0;
       length = length == 1 ? 0 : (length + 1) / 2)
    for (std::size_t from = 0; from < size; from += length)
      parts.push_back({from, std::min(size, from + length)});
  return parts;
}

std::vector<Scenario> fewer_rules(const Scenario& scenario) {
  std::vector<Scenario> candidates;
  for (const auto& [from, to] : parts_of(count(scenario)))
    candidates.push_back(without_rules(scenario, from, to));
  return candidates;
}

// Time and load --------------------------------------------------------------------------------------

std::vector<Scenario> shorter_phases(const Scenario& scenario) {
  std::vector<Scenario> candidates;
  for (std::size_t i = 0; i + 1 < scenario.phases.size(); ++i)
    for (const std::int64_t part : {8, 2}) {
      const Duration length = scenario.phases[i].length / part / 1ms * 1ms;
      if (length < kShortestPhase) continue;
      Scenario shorter = scenario;
      shorter.phases[i].length = length;
      candidates.push_back(std::move(shorter));
    }
  return candidates;
}

std::vector<Scenario> fewer_records(const Scenario& scenario) {
  std::vector<Scenario> candidates;
  const auto change = [&](auto&& act) {
    Scenario smaller = scenario;
    act(smaller.load);
    candidates.push_back(std::move(smaller));
  };
  if (scenario.load.arrival == scenario::Arrival::closed) return candidates;
  for (const double part : {16.0, 4.0, 2.0})
    if (scenario.load.rate >= part)
      change([&](scenario::Load& load) {
        load.rate = static_cast<double>(static_cast<std::uint64_t>(load.rate / part));
      });
  if (scenario.load.producers > 1) change([](scenario::Load& load) { load.producers = 1; });
  if (scenario.load.arrival == scenario::Arrival::poisson)
    change([](scenario::Load& load) { load.arrival = scenario::Arrival::constant; });
  return candidates;
}

// Options --------------------------------------------------------------------------------------------

std::vector<Scenario> default_options(const Scenario& scenario) {
  std::vector<const config::OptionRow*> changed;
  Options now = scenario.subject.options, fresh;
  for (const auto& row : config::option_table())
    if (config::option_text(row, now) != config::option_text(row, fresh)) changed.push_back(&row);
  std::vector<Scenario> candidates;
  for (const auto& [from, to] : parts_of(changed.size())) {
    Scenario plainer = scenario;
    for (std::size_t i = from; i < to; ++i)
      std::visit([&](auto field) { field(plainer.subject.options) = field(fresh); }, changed[i]->field);
    candidates.push_back(std::move(plainer));
  }
  if (scenario.subject.fallback_locations) {
    candidates.push_back(scenario);
    candidates.back().subject.fallback_locations = false;
  }
  return candidates;
}

// Windows and triggers -------------------------------------------------------------------------------

struct Span {
  Duration from, to;
};
// The halves and quarters of a window, in whole milliseconds.
std::vector<Span> narrower(Duration from, Duration to, Duration phase) {
  to = std::min(to, phase);
  std::vector<Span> spans;
  for (const std::int64_t parts : {4, 2}) {
    const Duration length = (to - from) / parts / 1ms * 1ms;
    for (std::int64_t i = 0; length >= 1ms && i < parts; ++i)
      spans.push_back({from + i * length, from + (i + 1) * length});
  }
  return spans;
}

// Each of several ways in which one rule can be plainer.
std::vector<faultfs::Rule> plainer(const faultfs::Rule& rule, Duration phase) {
  std::vector<faultfs::Rule> rules;
  const auto change = [&](auto&& act) {
    rules.push_back(rule);
    act(rules.back());
  };
  const bool counts =
      !rule.effect.full && !rule.effect.read_only && !rule.effect.replaced && !rule.effect.at_rest();
  if (counts && rule.when.limit != 1 && rule.when.nth == 0) change([](auto& one) { one.when.limit = 1; });
  if (rule.when.probability != faultfs::kCertain)
    change([](auto& one) { one.when.probability = faultfs::kCertain; });
  if (rule.when.every > 0) change([](auto& one) { one.when.every = 0; });
  for (const std::uint64_t part : {8, 2})
    if (rule.when.nth >= part) change([&](auto& one) { one.when.nth /= part; });
  if (!rule.effect.at_rest())
    for (const auto& [from, to] : narrower(rule.when.from, rule.when.to, phase))
      change([&](auto& one) { one.when.from = from, one.when.to = to; });
  return rules;
}

std::vector<upstream::UpstreamRule> plainer(const upstream::UpstreamRule& rule, Duration phase) {
  std::vector<upstream::UpstreamRule> rules;
  for (const auto& [from, to] : narrower(rule.from, rule.to, phase)) {
    rules.push_back(rule);
    rules.back().from = from, rules.back().to = to;
  }
  if (rule.probability != upstream::kCertain) {
    rules.push_back(rule);
    rules.back().probability = upstream::kCertain;
  }
  return rules;
}

std::vector<scenario::ProcessEvent> plainer(const scenario::ProcessEvent& event, Duration) {
  std::vector<scenario::ProcessEvent> events;
  for (const std::int64_t part : {8, 2}) {
    if (event.lasts == Duration::max() || event.lasts / part < 1ms) continue;
    events.push_back(event);
    events.back().lasts = event.lasts / part / 1ms * 1ms;
  }
  return events;
}

template <class RulesOf>
void add_plainer(const Scenario& scenario, std::vector<Scenario>& candidates, RulesOf&& rules_of) {
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    const auto& rules = rules_of(scenario.phases[i]);
    for (std::size_t j = 0; j < rules.size(); ++j)
      for (auto& rule : plainer(rules[j], scenario.phases[i].length)) {
        candidates.push_back(scenario);
        rules_of(candidates.back().phases[i])[j] = std::move(rule);
      }
  }
}

std::vector<Scenario> plainer_rules(const Scenario& scenario) {
  std::vector<Scenario> candidates;
  add_plainer(
      scenario, candidates, [](auto& phase) -> auto& { return phase.disk.rules; });
  add_plainer(
      scenario, candidates, [](auto& phase) -> auto& { return phase.upstream; });
  add_plainer(
      scenario, candidates, [](auto& phase) -> auto& { return phase.process; });
  return candidates;
}

constexpr Way kWays[] = {fewer_rules,    default_options, fewer_records,
                         shorter_phases, plainer_rules,   fewer_rules};

}  // namespace

std::span<const Way> ways_to_be_smaller() { return kWays; }

}  // namespace holdfast::sweep
