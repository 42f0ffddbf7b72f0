#include "simulator/scenario/check.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "simulator/scenario/measures.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/virtual_only.h"

namespace holdfast::scenario {
namespace {

// The reasons found so far, each with the place it concerns.
class Reasons {
 public:
  explicit Reasons(const Scenario& scenario) : scenario_(scenario) {}

  void add(std::size_t line, const std::string& reason) {
    if (!text_.empty()) text_ += '\n';
    text_ += scenario_.file.empty() ? scenario_.name : scenario_.file;
    if (line != 0) text_ += ":" + std::to_string(line);
    text_ += ": " + reason;
  }
  Status status() const {
    if (text_.empty()) return {};
    return fail(Code::invalid, text_);
  }

 private:
  const Scenario& scenario_;
  std::string text_;
};

bool has_stress(const Scenario& scenario) { return std::ranges::any_of(scenario.phases, &Phase::faulty); }

bool is_open(const Scenario& scenario) { return scenario.load.arrival != Arrival::closed; }

// Rules --------------------------------------------------------------------------------------------

void check_window(const Phase& phase, std::string_view rule, Duration from, Reasons& reasons) {
  if (from < phase.length) return;
  reasons.add(phase.line, "the fault " + in_quotes(rule) + " cannot fire: its window opens at " +
                              format_duration(from) + ", but phase " + in_quotes(phase.name) + " lasts " +
                              format_duration(phase.length));
}

bool includes(const faultfs::Trigger& wide, const faultfs::Trigger& narrow) {
  const auto has = [&](faultfs::Operation operation) {
    return std::ranges::find(wide.operations, operation) != wide.operations.end();
  };
  const bool operations =
      wide.operations.empty() || (!narrow.operations.empty() && std::ranges::all_of(narrow.operations, has));
  return operations && (wide.path == "**" || wide.path == narrow.path) && wide.from <= narrow.from &&
         wide.to >= narrow.to && wide.probability == faultfs::kCertain && !wide.is_choosy();
}

// The rule before this one that ends whatever this one could meet.
const faultfs::Rule* shadow_of(const faultfs::Rule& rule, const Phase& phase) {
  if (rule.effect.full || rule.effect.at_rest()) return nullptr;
  for (const auto& before : phase.disk.rules) {
    if (&before == &rule) return nullptr;
    if (before.effect.error && includes(before.when, rule.when)) return &before;
  }
  return nullptr;
}

void check_disk_rules(const Scenario& scenario, const Phase& phase, Reasons& reasons) {
  const bool starts = &phase == &scenario.phases.front();
  for (const auto& rule : phase.disk.rules) {
    check_window(phase, rule.name, rule.when.from, reasons);
    const auto never = [&](const std::string& why) {
      reasons.add(phase.line, "the fault " + in_quotes(rule.name) + " cannot fire: " + why);
    };
    if (rule.effect.latency && faultfs::longest(*rule.effect.latency).count() == 0) never("its latency is 0");
    if (rule.effect.at_rest() && starts && rule.when.from.count() == 0)
      never("nothing is on the disk yet when the first phase begins; give it a \"from\"");
    if (const auto* before = shadow_of(rule, phase))
      never("the fault " + in_quotes(before->name) + " before it ends the same operations first");
  }
}

// One process event at a time, each over when its phase ends: whoever is down or stopped meets no other.
void check_process(const Phase& phase, Reasons& reasons) {
  struct Named {
    const ProcessEvent* event;
    EventSpan span;
  };
  std::vector<Named> order;
  for (const auto& event : phase.process)
    for (const auto& span : spans_of(event, phase.length)) order.push_back({&event, span});
  std::ranges::stable_sort(order, {}, [](const Named& named) { return named.span.from; });
  Duration free{0};
  std::string_view before;
  for (const auto& [event, span] : order) {
    const std::string what = "the " + std::string(to_string(event->action)) + " " + in_quotes(event->name);
    if (span.from < free)
      reasons.add(phase.line, what + " cannot fire: at " + format_duration(span.from) + " " +
                                  in_quotes(before) + " is not over; one process event at a time");
    if (span.to > phase.length)
      reasons.add(phase.line, what + " is not over when phase " + in_quotes(phase.name) +
                                  " ends: it lasts until " + format_duration(span.to) + " of " +
                                  format_duration(phase.length));
    if (span.from < span.to) before = event->name;
    free = std::max(free, span.to);
  }
}

std::uint64_t lives_ended(const Scenario& scenario) {
  std::uint64_t ended = 0;
  for (const auto& phase : scenario.phases)
    for (const auto& event : phase.process) ended += event.ends_life() ? event.times : 0;
  return ended;
}

// What the subject at hand cannot meet.
void check_process_subject(const Scenario& scenario, Reasons& reasons) {
  if (lives_ended(scenario) > kMostLives - 1)
    reasons.add(
        0, "the process events end more than " + std::to_string(kMostLives - 1) + " lives of the subject");
  if (scenario.host && lives_ended(scenario) > 0)
    reasons.add(0, "the host task dies with the process that is killed or restarted; leave one of them out");
  if (scenario.subject.kind != SubjectKind::command) return;
  for (const auto& phase : scenario.phases)
    for (const auto& event : phase.process)
      if (event.action == ProcessAction::clock_jump)
        reasons.add(phase.line, "the clock_jump " + in_quotes(event.name) +
                                    " cannot fire: the clock of another program cannot be moved");
}

// What fired is counted by name: two faults of one name could stand in for each other.
void check_names(const Scenario& scenario, Reasons& reasons) {
  std::set<std::string> names;
  const auto claim = [&](const Phase& phase, const std::string& name) {
    if (!names.insert(name).second)
      reasons.add(phase.line,
                  "there are two faults named " + in_quotes(name) + "; each needs a name of its own");
  };
  for (const auto& phase : scenario.phases) {
    for (const auto& rule : phase.disk.rules) claim(phase, rule.name);
    for (const auto& rule : phase.upstream) claim(phase, rule.name);
    for (const auto& event : phase.process) claim(phase, event.name);
  }
}

// The trackers of a fleet are told apart by whose records they are, so each has its own from the start.
void check_fleet(const Scenario& scenario, Reasons& reasons) {
  for (const auto& phase : scenario.phases)
    for (const auto& event : phase.process)
      if (event.tracker && *event.tracker > scenario.fleet)
        reasons.add(phase.line, "the process event " + in_quotes(event.name) + " is about tracker " +
                                    std::to_string(*event.tracker) + ", and the fleet has " +
                                    std::to_string(scenario.fleet));
  if (scenario.fleet == 1) return;
  if (scenario.subject.kind != SubjectKind::holdfast)
    reasons.add(0, "a fleet is one of subjects of kind holdfast");
  if (!is_open(scenario)) reasons.add(0, "a fleet needs an open load: each tracker has records of its own");
  if (scenario.host) reasons.add(0, "a fleet has no host task");
}

void check_faults(const Scenario& scenario, Reasons& reasons) {
  check_names(scenario, reasons);
  for (const auto& phase : scenario.phases) {
    check_disk_rules(scenario, phase, reasons);
    for (const auto& rule : phase.upstream) check_window(phase, rule.name, rule.from, reasons);
    check_process(phase, reasons);
  }
  check_process_subject(scenario, reasons);
  check_fleet(scenario, reasons);
}

// Recovery -----------------------------------------------------------------------------------------

// The longest recovery that the scenario claims to judge.
Duration judged_recovery(const Scenario& scenario) {
  Duration longest = scenario.limits.recover;
  for (const auto& expectation : scenario.expect) {
    if (expectation.measure != "recovery.time") continue;
    const double seconds = std::min(expectation.value, 86'400.0);
    longest = std::max(longest, Duration(static_cast<std::int64_t>(seconds * 1e9)));
  }
  return longest;
}

void check_recovery(const Scenario& scenario, Reasons& reasons) {
  if (!has_stress(scenario)) return;
  const auto calm = std::find_if(scenario.phases.rbegin(), scenario.phases.rend(), [](const Phase& phase) {
                      return phase.faulty();
                    }).base();
  if (calm == scenario.phases.end()) {
    reasons.add(scenario.phases.back().line,
                "the last phase " + in_quotes(scenario.phases.back().name) +
                    " has faults; a scenario ends with a phase without, in which "
                    "recovery can be seen");
    return;
  }
  Duration length{0};
  for (auto phase = calm; phase != scenario.phases.end(); ++phase) length += phase->length;
  const Duration judged = judged_recovery(scenario);
  const Duration needed = judged + scenario.recovery_window();
  if (length >= needed) return;
  reasons.add(calm->line, "recovery lasts " + format_duration(length) + " but judging it needs " +
                              format_duration(needed) + ": the limit of " + format_duration(judged) +
                              " and the recovery window of " + format_duration(scenario.recovery_window()));
}

// Load, subject, expectations ----------------------------------------------------------------------

void check_load(const Scenario& scenario, Reasons& reasons) {
  if (scenario.subject.kind == SubjectKind::naive_seed && is_open(scenario))
    reasons.add(
        0,
        "the subject naive-seed needs load.arrival closed: it has no way to fall behind a schedule; found " +
            std::string(to_string(scenario.load.arrival)));
  if (scenario.load.arrival != Arrival::constant && scenario.load.arrival != Arrival::poisson) return;
  const double offered =
      scenario.fleet * scenario.load.rate * static_cast<double>(scenario.length().count()) / 1e9;
  if (offered > static_cast<double>(kMostArrivals))
    reasons.add(0, "the load offers more than " + std::to_string(kMostArrivals) +
                       " records in all; lower load.rate or shorten the phases");
}

// Why this subject can never give the measure; "" when it can.
std::string why_not_given(const Scenario& scenario, const Measure& measure) {
  const std::string subject(to_string(scenario.subject.kind));
  if (measure.needs_host && !scenario.host)
    return "the scenario has no \"host\", whose task the measure is about";
  if (measure.subject == NeedsSubject::in_process && scenario.subject.kind == SubjectKind::command)
    return "the subject is another program, which has no record()";
  if (measure.subject == NeedsSubject::core && scenario.subject.kind != SubjectKind::holdfast)
    return "the subject " + subject + " keeps no books";
  return "";
}

void check_host(const Scenario& scenario, Reasons& reasons) {
  if (scenario.host && !is_open(scenario))
    reasons.add(0, "the host task needs an open load: it records what is due between its operations");
}

void check_expectation(const Scenario& scenario, const Expectation& expectation, Reasons& reasons) {
  const Measure* measure = find_measure(expectation.measure);
  if (measure == nullptr)
    return reasons.add(expectation.line, "the measure " + in_quotes(expectation.measure) + " is unknown");
  const auto never = [&](const std::string& why) {
    reasons.add(expectation.line,
                "the expectation " + in_quotes(expectation.text) + " can never be judged: " + why);
  };
  if (measure->needs_stress && !has_stress(scenario))
    never("no phase has a fault, and the measure is about faults");
  if (measure->load == NeedsLoad::open && !is_open(scenario))
    never("it needs intended times, which load.arrival closed does not have");
  if (measure->load == NeedsLoad::closed && is_open(scenario))
    never("it needs load.arrival closed; found " + std::string(to_string(scenario.load.arrival)));
  if (const auto why = why_not_given(scenario, *measure); !why.empty()) never(why);
}

void check_frame(const Scenario& scenario, Reasons& reasons) {
  if (scenario.phases.empty()) reasons.add(0, "there is no phase; a scenario has at least one");
  if (scenario.live_tier && scenario.length() > kLongestLive)
    reasons.add(0, "the phases last " + format_duration(scenario.length()) + "; in the live tier at most " +
                       format_duration(kLongestLive));
  if (const auto why = why_virtual_only(scenario); scenario.live_tier && !why.empty())
    reasons.add(0, "it cannot be of the live tier: " + why);
  if (!scenario.seeds) return;
  const auto [first, last] = *scenario.seeds;
  if (first > last)
    reasons.add(0, "seeds run backwards: " + std::to_string(first) + ".." + std::to_string(last));
  else if (last - first >= kMostSeeds)
    reasons.add(0, "seeds name more than " + std::to_string(kMostSeeds) + " runs");
}

}  // namespace

Status check_scenario(const Scenario& scenario) {
  Reasons reasons(scenario);
  check_frame(scenario, reasons);
  check_faults(scenario, reasons);
  check_recovery(scenario, reasons);
  check_load(scenario, reasons);
  check_host(scenario, reasons);
  for (const auto& expectation : scenario.expect) check_expectation(scenario, expectation, reasons);
  return reasons.status();
}

}  // namespace holdfast::scenario
