#include "simulator/scenario/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/config/options_table.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/measures.h"
#include "simulator/scenario/names.h"

namespace holdfast::scenario {
namespace {

std::string percent(std::uint64_t parts_per_billion) {
  return fmt::format("{:g}%", static_cast<double>(parts_per_billion) / 1e7);
}

// ", from 1s to 3s", or nothing for the whole phase.
std::string window(Duration from, Duration to) {
  if (from.count() == 0 && to == Duration::max()) return "";
  const std::string end = to == Duration::max() ? "the end of the phase" : format_duration(to);
  return fmt::format(", from {} to {}", format_duration(from), end);
}

std::string describe(const faultfs::Rule& rule) {
  std::string text = rule.name + ": ";
  if (rule.effect.full)
    return text + fmt::format("full, {} left{}", format_size(rule.effect.full->left_bytes),
                              window(rule.when.from, rule.when.to));
  if (rule.effect.error) text += "error " + faultfs::errno_name(rule.effect.error->error);
  if (rule.effect.latency) text += "latency +" + format_duration(rule.effect.latency->delay);
  std::string operations;
  for (auto operation : rule.when.operations)
    operations += (operations.empty() ? "" : ", ") + std::string(faultfs::to_string(operation));
  text += fmt::format(" on {} of {}", operations.empty() ? "every operation" : operations, rule.when.path);
  if (rule.when.probability != faultfs::kCertain) text += ", probability " + percent(rule.when.probability);
  return text + window(rule.when.from, rule.when.to);
}

std::string describe(const upstream::UpstreamRule& rule) {
  std::string text = rule.name + ": ";
  if (rule.effect.outage) text += "outage, " + std::string(to_string(*rule.effect.outage));
  if (rule.effect.latency) text += "latency +" + format_duration(*rule.effect.latency);
  if (rule.effect.error_rate) text += percent(*rule.effect.error_rate) + " of requests answered 500";
  return text + window(rule.from, rule.to);
}

std::string describe(const ProcessEvent& event) {
  const std::string at = format_duration(event.at);
  const std::string lasts =
      event.lasts == Duration::max() ? "the rest of the phase" : format_duration(event.lasts);
  std::string text = event.name + ": ";
  switch (event.action) {
    case ProcessAction::kill: text += fmt::format("kill -9 at {}, back after {}", at, lasts); break;
    case ProcessAction::restart: text += fmt::format("restart at {}, back after {}", at, lasts); break;
    case ProcessAction::pause: text += fmt::format("paused at {} for {}", at, lasts); break;
    case ProcessAction::clock_jump:
      text += fmt::format("wall clock {} {} at {} for {}", event.shift < Duration{0} ? "back" : "forward",
                          format_duration(std::max(event.shift, -event.shift)), at, lasts);
      break;
  }
  if (event.times > 1) text += fmt::format(", {} times, every {}", event.times, format_duration(event.every));
  return text;
}

std::string describe(const Load& load) {
  const std::string producers = fmt::format("{} producer{}", load.producers, load.producers == 1 ? "" : "s");
  switch (load.arrival) {
    case Arrival::constant:
    case Arrival::poisson:
      return fmt::format("{}, {} arrivals, {:g}/s together", producers, to_string(load.arrival), load.rate);
    case Arrival::closed:
      return fmt::format("{}, closed loop, next call {} after the last returned", producers,
                         format_duration(load.think));
    case Arrival::trace: {
      const std::string speed =
          load.speed ? fmt::format("at {:g} times its speed", *load.speed) : "stretched to the phases";
      return fmt::format("{}, trace {} {}", producers, load.trace, speed);
    }
  }
  return producers;
}

std::string describe(const Disk& disk) {
  return fmt::format("latency {}, capacity {} (VIRTUAL)", format_duration(disk.latency),
                     disk.capacity ? format_size(*disk.capacity) : "unlimited");
}

// The subject and the options in which it differs from the defaults.
std::string describe(const Subject& subject) {
  std::string text(to_string(subject.kind));
  for (const auto& word : subject.command) text += " " + word;
  if (subject.kind != SubjectKind::holdfast) return text;
  std::string changes;
  for (const auto& row : config::option_table()) {
    const std::string value = config::option_text(row, subject.options);
    if (value != config::option_text(row, Options{}))
      changes += fmt::format("\n             {} = {}", row.path, value);
  }
  return text + (changes.empty() ? ", every option at its default" : changes);
}

std::string timeline(const Scenario& scenario) {
  std::string text;
  Duration start{0};
  for (const auto& phase : scenario.phases) {
    text += fmt::format("  {:<10} {} for {}\n", format_duration(start), phase.name,
                        format_duration(phase.length));
    for (const auto& rule : phase.disk.rules) text += "               disk      " + describe(rule) + "\n";
    for (const auto& rule : phase.upstream) text += "               upstream  " + describe(rule) + "\n";
    for (const auto& event : phase.process) text += "               process   " + describe(event) + "\n";
    start += phase.length;
  }
  return text + fmt::format("  {:<10} end\n", format_duration(start));
}

std::string expectations(const Scenario& scenario) {
  std::string text;
  for (const auto& expectation : scenario.expect) {
    const Measure* measure = find_measure(expectation.measure);
    const bool live_only = measure != nullptr && measure->live_only;
    text += "  " + expectation.text + (live_only ? "   (judged LIVE only)" : "") + "\n";
  }
  return text.empty() ? "  nothing beyond the laws\n" : text;
}

}  // namespace

std::string explain(const Scenario& scenario) {
  std::string text = scenario.name + (scenario.file.empty() ? "" : "  (" + scenario.file + ")") + "\n";
  if (!scenario.why.empty()) text += scenario.why + "\n";
  text += fmt::format(
      "\nseed         {}{}\n", scenario.seed,
      scenario.seeds ? fmt::format("; published {}..{}", scenario.seeds->first, scenario.seeds->last) : "");
  text += fmt::format("tier         {}\n", kTierNames[scenario.live_tier ? 1 : 0]);
  text += "load         " + describe(scenario.load) + "\n";
  text += "disk         " + describe(scenario.disk) + "\n";
  text += fmt::format("upstream     latency {}, {} requests at once\n",
                      format_duration(scenario.upstream.latency), scenario.upstream.concurrency);
  text += "subject      " + describe(scenario.subject) + "\n";
  if (scenario.host)
    text += fmt::format(
        "host         producer 0 streams beside its records, {} of computing an operation (LIVE)\n",
        format_duration(scenario.host->task));
  if (const auto why = why_live_only(scenario); !why.empty()) text += "world        LIVE only: " + why + "\n";
  text += fmt::format("limits       recover in {}, drain in {}\n", format_duration(scenario.limits.recover),
                      format_duration(scenario.limits.drain));
  return text + "\nTimeline\n" + timeline(scenario) + "\nExpected\n" + expectations(scenario);
}

}  // namespace holdfast::scenario
