#include "simulator/scenario/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/config/options_table.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/open_flags.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/meanings.h"
#include "simulator/scenario/measures.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/time_axis.h"
#include "simulator/scenario/virtual_only.h"

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

std::string describe(const faultfs::FullEffect& full) {
  std::string text = full.owner ? fmt::format("quota of uid {}", *full.owner) : "full";
  if (full.left_bytes) text += ", " + format_size(*full.left_bytes) + " left";
  if (full.left_inodes) text += fmt::format(", {} inodes left", *full.left_inodes);
  return text;
}

// "3 ranges of 64B become zeros".
std::string describe(const faultfs::CorruptEffect& corrupt) {
  const std::string_view many = corrupt.count == 1 ? "" : "s";
  if (corrupt.kind == faultfs::CorruptKind::bit_flips)
    return fmt::format("{} bit{} flipped", corrupt.count, many);
  return fmt::format("{} range{} of {} made {}", corrupt.count, many, format_size(corrupt.bytes),
                     faultfs::to_string(corrupt.kind));
}

std::string describe(const faultfs::ShortEffect& effect) {
  if (effect.bytes) return "short, " + format_size(*effect.bytes) + " moved";
  return "short, " + percent(*effect.fraction) + " moved";
}

std::string describe(const faultfs::TornEffect& effect) {
  std::string text = "torn, ";
  if (effect.bytes)
    text += "the first " + format_size(*effect.bytes) + " arrive";
  else
    text += effect.keep == faultfs::TornKeep::prefix ? "the first sectors arrive" : "some sectors arrive";
  return text + ", answer " + (effect.answer == 0 ? "success" : faultfs::errno_name(effect.answer));
}

std::string describe(const faultfs::ThrottleEffect& caps) {
  std::string text = "throttled to";
  if (caps.bandwidth > 0) text += " " + format_size(caps.bandwidth) + "/s";
  if (caps.iops > 0) text += fmt::format("{} {} operations/s", caps.bandwidth > 0 ? " and" : "", caps.iops);
  return text;
}

std::string describe(const faultfs::HangEffect& hang) {
  if (!hang.length) return "hang";
  return "hang for " + format_duration(*hang.length) +
         (hang.then == 0 ? "" : ", then error " + faultfs::errno_name(hang.then));
}

// What befalls the bytes of one read or write.
std::string describe_bytes(const faultfs::Effect& effect) {
  if (effect.shortens) return describe(*effect.shortens);
  if (effect.torn) return describe(*effect.torn);
  if (effect.lost) return "lost, nothing arrives";
  if (effect.misdirected) return "misdirected to another sector";
  if (effect.sync_failure)
    return fmt::format("fails as on {}",
                       faultfs::kSyncProfiles[static_cast<std::size_t>(effect.sync_failure->profile)]);
  return "stale, what was there before";
}

std::string describe(const faultfs::Effect& effect) {
  if (effect.full) return describe(*effect.full);
  if (effect.error) return "error " + faultfs::errno_name(effect.error->error);
  if (effect.latency) return "latency +" + faultfs::describe(*effect.latency);
  if (effect.throttle) return describe(*effect.throttle);
  if (effect.hang) return describe(*effect.hang);
  if (effect.permission) return "permission lost, " + faultfs::errno_name(effect.permission->error);
  if (effect.read_only) return "read-only";
  if (effect.replaced)
    return fmt::format("replaced by a {}",
                       faultfs::kKindNames[static_cast<std::size_t>(effect.replaced->by)]);
  if (effect.kill_caller)
    return fmt::format(
        "{} to who asks",
        std::ranges::find(faultfs::kSignals, effect.kill_caller->signal, &faultfs::SignalName::number)->name);
  if (effect.disconnect) return "the mount is disconnected";
  if (effect.corrupt) return "corrupt, " + describe(*effect.corrupt);
  return describe_bytes(effect);
}

// " on write, fsync of spool/**".
std::string describe_target(const faultfs::Rule& rule) {
  if (rule.effect.full) return rule.when.path == "**" ? "" : " in " + rule.when.path;
  if (rule.effect.at_rest()) return " in each file of " + rule.when.path;
  std::string operations;
  for (auto operation : rule.when.operations)
    operations += (operations.empty() ? "" : ", ") + std::string(faultfs::to_string(operation));
  if (rule.effect.corrupt) operations = faultfs::to_string(rule.effect.corrupt->when);
  if (rule.effect.diverts()) operations = "write";
  if (rule.effect.stale) operations = "read";
  if (rule.effect.sync_failure) operations = "fsync";
  if ((rule.effect.shortens || rule.effect.throttle) && operations.empty()) operations = "read, write";
  if (operations.empty())
    operations = rule.effect.error || rule.effect.latency || rule.effect.hang || rule.effect.kill_caller ||
                         rule.effect.disconnect
                     ? "every operation"
                     : "what it concerns";
  return fmt::format(" on {} of {}", operations, rule.when.path);
}

std::string describe_turns(const faultfs::Trigger& when) {
  std::string text;
  if (when.nth > 0) text += fmt::format(", only number {}", when.nth);
  if (when.every > 0) text += fmt::format(", one in {}", when.every);
  if (when.limit > 0) text += fmt::format(", at most {} times", when.limit);
  if (when.cooldown.count() > 0) text += ", not again for " + format_duration(when.cooldown);
  if (when.per == faultfs::Counting::path) text += ", each path by itself";
  if (when.after)
    text += fmt::format(", after \"{}\" has fired{}", when.after->rule,
                        when.after->times == 1 ? "" : fmt::format(" {} times", when.after->times));
  return text;
}

std::string describe(const faultfs::CallerTrigger& caller) {
  std::string text;
  if (caller.pid) text += fmt::format(" pid {}", *caller.pid);
  if (caller.uid) text += fmt::format(" uid {}", *caller.uid);
  if (caller.comm) text += " " + *caller.comm;
  return text;
}

// Which of the requests on a path.
std::string describe_request(const faultfs::Trigger& when) {
  std::string text;
  if (when.path_regex) text += fmt::format(" like /{}/", when.path_regex->text());
  if (when.flags) text += fmt::format(", opened {}", fmt::join(faultfs::open_flag_names(*when.flags), " "));
  if (when.offset && when.offset->from > 0) text += ", from " + format_size(when.offset->from) + " on";
  if (when.offset && when.offset->to != UINT64_MAX) text += ", before " + format_size(when.offset->to);
  if (when.size && when.size->at_least > 0) text += ", at least " + format_size(when.size->at_least);
  if (when.size && when.size->at_most != UINT64_MAX) text += ", at most " + format_size(when.size->at_most);
  if (when.caller) text += ", by" + describe(*when.caller);
  return text;
}

std::string describe(const faultfs::Rule& rule) {
  std::string text =
      rule.name + ": " + describe(rule.effect) + describe_target(rule) + describe_request(rule.when);
  if (rule.when.probability != faultfs::kCertain) text += ", probability " + percent(rule.when.probability);
  text += describe_turns(rule.when);
  if (rule.effect.at_rest()) return text + ", at " + format_duration(rule.when.from);
  return text + window(rule.when.from, rule.when.to);
}

std::string describe(const upstream::UpstreamEffect& effect) {
  if (effect.outage) return "outage, " + std::string(to_string(*effect.outage));
  if (effect.latency) return "latency +" + format_duration(*effect.latency);
  if (effect.error_rate) return percent(*effect.error_rate) + " of requests answered 500";
  if (effect.reset == upstream::Reset::request) return "connection reset, request not read";
  if (effect.reset) return "connection reset in the middle of the answer";
  if (effect.slow) return "the answer trickles at " + format_size(*effect.slow) + "/s";
  if (effect.partial) return percent(*effect.partial) + " of the elements answered \"retry\"";
  if (effect.answer == upstream::AnswerFault::lost) return "applied, and the answer is lost";
  return "applied, and the answer is truncated";
}

std::string describe(const upstream::UpstreamRule& rule) {
  std::string text = rule.name + ": " + describe(rule.effect);
  if (rule.probability != upstream::kCertain) text += ", probability " + percent(rule.probability);
  if (rule.nth > 0) text += fmt::format(", only request {}", rule.nth);
  if (rule.from_nth > 0) text += fmt::format(", from request {} on", rule.from_nth);
  return text + window(rule.from, rule.to);
}

std::string describe(const ProcessEvent& event) {
  const std::string at = event.operation
                             ? fmt::format("before I/O operation {} of the phase", *event.operation)
                             : "at " + format_duration(event.at);
  const std::string lasts =
      event.lasts == Duration::max() ? "the rest of the phase" : format_duration(event.lasts);
  std::string text = event.name + ": ";
  switch (event.action) {
    case ProcessAction::kill: text += fmt::format("kill -9 {}, back after {}", at, lasts); break;
    case ProcessAction::power_cut: text += fmt::format("power cut {}, back after {}", at, lasts); break;
    case ProcessAction::restart: text += fmt::format("restart {}, back after {}", at, lasts); break;
    case ProcessAction::pause: text += fmt::format("paused {} for {}", at, lasts); break;
    case ProcessAction::clock_jump:
      text += fmt::format("wall clock {} {} {} for {}", event.shift < Duration{0} ? "back" : "forward",
                          format_duration(std::max(event.shift, -event.shift)), at, lasts);
      break;
  }
  if (event.tracker) text += fmt::format(", tracker {} alone", *event.tracker);
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
  if (subject.fallback_locations) text += " with a backup and an emergency directory";
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
    text +=
        fmt::format("  {:<10} {} for {}\n", format_instant(start), phase.name, format_duration(phase.length));
    for (const auto& rule : phase.disk.rules) text += "               disk      " + describe(rule) + "\n";
    for (const auto& rule : phase.upstream) text += "               upstream  " + describe(rule) + "\n";
    for (const auto& event : phase.process) text += "               process   " + describe(event) + "\n";
    start += phase.length;
  }
  return text + fmt::format("  {:<10} end\n", format_instant(start));
}

std::string expectations(const Scenario& scenario) {
  std::string text;
  for (const auto& expectation : scenario.expect) {
    const Measure* measure = find_measure(expectation.measure);
    const bool live_only = measure != nullptr && measure->live_only;
    text += "  " + expectation.text + (live_only ? "   (judged LIVE only)" : "") + "\n";
    text += fmt::format("      {}\n", meaning_of(expectation.measure));
  }
  return text.empty() ? "  nothing beyond the laws\n" : text;
}

std::string seeds(const Scenario& scenario) {
  if (!scenario.seeds) return std::to_string(scenario.seed);
  return fmt::format("{}; published {}..{}", scenario.seed, scenario.seeds->first, scenario.seeds->last);
}

std::string worlds(const Scenario& scenario) {
  if (const auto why = why_live_only(scenario); !why.empty())
    return fmt::format("{}, LIVE only: {}", kTierNames[scenario.live_tier ? 1 : 0], why);
  if (const auto why = why_virtual_only(scenario); !why.empty()) return "virtual, VIRTUAL only: " + why;
  if (scenario.live_tier) return "live: the gate plays it in virtual time and on this machine";
  return "virtual: the gate plays it in virtual time only";
}

std::string effects(const Phase& phase) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  for (const auto& rule : phase.disk.rules) add(describe(rule));
  for (const auto& rule : phase.upstream) add(describe(rule));
  for (const auto& event : phase.process) add(describe(event));
  return text;
}

}  // namespace

std::string explain(const Scenario& scenario) {
  std::string text = scenario.name + (scenario.file.empty() ? "" : "  (" + scenario.file + ")") + "\n";
  if (!scenario.why.empty()) text += scenario.why + "\n";
  text += "\nEnvironment\n";
  text += "  seed       " + seeds(scenario) + "\n";
  text += "  tier       " + worlds(scenario) + "\n";
  text += "  load       " + describe(scenario.load) + "\n";
  text += "  disk       " + describe(scenario.disk) + "\n";
  text += fmt::format("  upstream   latency {}, {} requests at once\n",
                      format_duration(scenario.upstream.latency), scenario.upstream.concurrency);
  text += "  subject    " + describe(scenario.subject) + "\n";
  if (scenario.fleet > 1)
    text += fmt::format("  fleet      {} trackers share the upstream and the disk, each with this load\n",
                        scenario.fleet);
  if (scenario.host)
    text += fmt::format("  host       producer 0 streams beside its records, {} of computing an operation\n",
                        format_duration(scenario.host->task));
  text += "\nTimeline\n" + draw_timeline(scenario) + "\n" + timeline(scenario);
  text += "\nExpected\n" + expectations(scenario);
  text += fmt::format(
      "\nLimits, once every fault is over\n  goodput returns within {}, the backlog is gone within {}\n",
      format_duration(scenario.limits.recover), format_duration(scenario.limits.drain));
  return text;
}

std::string explain_briefly(const Scenario& scenario) {
  std::string text = fmt::format("{}  seed {}\n", scenario.title(), seeds(scenario));
  Duration start{0};
  for (const auto& phase : scenario.phases) {
    const std::string what = effects(phase);
    text += fmt::format("  {:<8} {} for {}{}{}\n", format_instant(start), phase.name,
                        format_duration(phase.length), what.empty() ? "" : ": ", what);
    start += phase.length;
  }
  return text;
}

}  // namespace holdfast::scenario
