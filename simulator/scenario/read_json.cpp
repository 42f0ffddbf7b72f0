#include "simulator/scenario/read_json.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/config/options_json.h"
#include "faultfs/model/fault_plan_json.h"
#include "simulator/scenario/expectation.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/read_names_json.h"
#include "simulator/scenario/read_process_json.h"
#include "simulator/scenario/read_upstream_json.h"
#include "simulator/scenario/scenario_keys.h"

namespace holdfast::scenario {
namespace {

using config::ObjectReader;
using config::pointer_to;
using config::Problems;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kAnyCount = UINT64_MAX;
constexpr std::size_t kMostMembers = 1000;  // of any array of a scenario

// Calls `read` for each member of an array.
template <class Read>
void each(ObjectReader& reader, std::string_view key, Read read) {
  const json* array = reader.array(key);
  if (array == nullptr) return;
  if (array->size() > kMostMembers)
    return reader.problem(key, "found " + std::to_string(array->size()) + " members; allowed: at most 1000");
  for (std::size_t i = 0; i < array->size(); ++i)
    read((*array)[i], pointer_to(pointer_to(reader.pointer(), key), i));
}

// Members of an array are told apart by their names.
template <class Member>
void refuse_second_names(ObjectReader& reader, std::string_view key, const std::vector<Member>& members) {
  std::set<std::string_view> seen;
  for (const auto& member : members) {
    if (!member.name.empty() && !seen.insert(member.name).second)
      reader.problem(key, "found two members named \"" + member.name + "\"; allowed: each name once");
  }
}

void read_load(ObjectReader reader, Load& load) {
  reader.allow(keys_of("/load"));
  std::uint64_t producers = load.producers;
  reader.count("producers", producers, {1, 1024});
  load.producers = static_cast<std::uint32_t>(producers);
  reader.text("trace", load.trace);
  if (const auto arrival = reader.choice("arrival", kArrivalNames)) {
    load.arrival = static_cast<Arrival>(*arrival);
  } else if (!load.trace.empty() && reader.find("arrival") == nullptr) {
    load.arrival = Arrival::trace;
  }
  reader.rate("rate", load.rate, {0.001, 10'000'000});
  reader.duration("think", load.think, {1us, 1h});
  if (double speed = 1; reader.number("speed", speed, {0.000'001, 1'000'000})) load.speed = speed;
  constexpr std::string_view records[] = {"usage"};
  reader.choice("record", records);

  if (load.arrival == Arrival::trace && load.trace.empty())
    reader.problem_here("the key \"trace\" is missing; arrival trace plays the CSV file that it names");
  if (load.arrival != Arrival::trace) {
    for (std::string_view key : {"trace", "speed"})
      if (reader.find(key)) reader.problem(key, "only arrival \"trace\" has a " + std::string(key));
  }
}

void read_disk(ObjectReader reader, Disk& disk) {
  reader.allow(keys_of("/disk"));
  reader.duration("latency", disk.latency, {0s, 10s});
  if (std::uint64_t capacity = 0; reader.size("capacity", capacity, {64 << 10, std::uint64_t{1} << 50}))
    disk.capacity = capacity;
}

void read_command(ObjectReader& reader, Subject& subject) {
  each(reader, "command", [&](const json& word, const std::string& pointer) {
    if (word.is_string()) return subject.command.push_back(word.get<std::string>());
    reader.problems().push_back({pointer, false, "found " + config::describe(word) + "; allowed: a text"});
  });
  if (subject.kind == SubjectKind::command && reader.find("command") == nullptr)
    reader.problem_here("the key \"command\" is missing; it names the program and its arguments");
  if (subject.kind != SubjectKind::command && reader.find("command") != nullptr)
    reader.problem("command", "only the subject kind \"command\" has a command");
}

void read_subject(ObjectReader reader, Subject& subject) {
  reader.allow(keys_of("/subject"));
  if (const auto kind = reader.choice("kind", kSubjectNames)) subject.kind = static_cast<SubjectKind>(*kind);
  reader.flag("fallback_locations", subject.fallback_locations);
  read_command(reader, subject);
  const json* options = reader.find("options");
  if (options == nullptr) return;
  const std::string pointer = pointer_to(reader.pointer(), "options");
  config::read_options(*options, pointer, subject.options, reader.problems());
  for (const auto* taken :
       {"/spool/directory", "/spool/backup_directory", "/spool/emergency_directory", "/delivery/endpoint"}) {
    if (options->contains(json::json_pointer(taken)))
      reader.problems().push_back(
          {pointer + taken, true, "the run itself fills this option in; leave it out"});
  }
}

Host read_host(ObjectReader reader) {
  Host host;
  reader.allow(keys_of("/host"));
  reader.duration("task", host.task, {1us, 100ms});
  return host;
}

void report(const faultfs::PlanError& error, Problems& problems) {
  problems.push_back({error.pointer, error.at_key, error.message});
}

void read_disk_rule(const json& value, const std::string& pointer, faultfs::FaultPlan& plan,
                    Problems& problems) {
  auto rule = faultfs::rule_from_json(value, pointer);
  if (rule) return plan.rules.push_back(std::move(*rule));
  report(rule.error(), problems);
}

Phase read_phase(ObjectReader reader) {
  Phase phase;
  reader.allow(keys_of("/phases/*"));
  read_plain_name(reader, phase.name);
  reader.require("for");
  reader.duration("for", phase.length, {1ms, 24h});
  Problems& problems = reader.problems();
  const auto before = problems.size();
  each(reader, "disk", [&](const json& rule, const std::string& pointer) {
    read_disk_rule(rule, pointer, phase.disk, problems);
  });
  if (problems.size() == before)  // every rule is known
    if (auto status = faultfs::check_order(phase.disk.rules, reader.pointer() + "/disk"); !status)
      report(status.error(), problems);
  each(reader, "upstream", [&](const json& rule, const std::string& pointer) {
    phase.upstream.push_back(read_upstream_rule(ObjectReader(rule, pointer, problems)));
  });
  each(reader, "process", [&](const json& event, const std::string& pointer) {
    phase.process.push_back(read_process_event(ObjectReader(event, pointer, problems)));
  });
  refuse_second_names(reader, "disk", phase.disk.rules);
  refuse_second_names(reader, "upstream", phase.upstream);
  refuse_second_names(reader, "process", phase.process);
  return phase;
}

void read_limits(ObjectReader reader, Limits& limits) {
  reader.allow(keys_of("/limits"));
  reader.duration("recover", limits.recover, {1ms, 24h});
  reader.duration("drain", limits.drain, {1ms, 24h});
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "1..20", "7" or 7.
void read_seeds(ObjectReader& reader, std::optional<SeedRange>& seeds) {
  const json* member = reader.find("seeds");
  if (member == nullptr) return;
  std::string text;
  if (member->is_string()) text = member->get<std::string>();
  if (member->is_number_unsigned()) text = std::to_string(member->get<std::uint64_t>());
  const auto dots = text.find("..");
  const auto first = whole_number(std::string_view(text).substr(0, dots));
  const auto last = dots == text.npos ? first : whole_number(std::string_view(text).substr(dots + 2));
  if (!first || !last)
    return reader.problem(
        "seeds", "found " + config::describe(*member) + "; allowed: a range like \"1..20\" or one seed");
  seeds = SeedRange{*first, *last};
}

void read_expectations(ObjectReader& reader, std::vector<Expectation>& expect) {
  each(reader, "expect", [&](const json& value, const std::string& pointer) {
    if (!value.is_string()) {
      reader.problems().push_back(
          {pointer, false,
           "found " + config::describe(value) + "; allowed: a text like \"retention.durable >= 10%\""});
      return;
    }
    auto expectation = parse_expectation(value.get_ref<const std::string&>());
    if (expectation) return expect.push_back(std::move(*expectation));
    reader.problems().push_back({pointer, false, expectation.error().message});
  });
}

void read_head(ObjectReader& reader, Scenario& scenario) {
  std::string schema;
  reader.text("$schema", schema);
  std::uint64_t version = 1;
  reader.require("version");
  reader.count("version", version, {1, 1});
  read_plain_name(reader, scenario.name);
  reader.text("why", scenario.why);
  reader.count("seed", scenario.seed, {0, kAnyCount});
  read_seeds(reader, scenario.seeds);
  if (const auto tier = reader.choice("tier", kTierNames)) scenario.live_tier = *tier == 1;
}

}  // namespace

Scenario read_scenario(const json& document, Problems& problems) {
  Scenario scenario;
  ObjectReader reader(document, "", problems);
  reader.allow(keys_of(""));
  read_head(reader, scenario);
  if (auto load = reader.object("load")) read_load(*load, scenario.load);
  if (auto disk = reader.object("disk")) read_disk(*disk, scenario.disk);
  if (auto upstream = reader.object("upstream")) scenario.upstream = read_upstream_settings(*upstream);
  if (auto subject = reader.object("subject")) read_subject(*subject, scenario.subject);
  std::uint64_t fleet = 1;
  reader.count("fleet", fleet, {1, kLargestFleet});
  scenario.fleet = static_cast<std::uint32_t>(fleet);
  if (auto host = reader.object("host")) scenario.host = read_host(*host);
  reader.require("phases");
  each(reader, "phases", [&](const json& phase, const std::string& pointer) {
    scenario.phases.push_back(read_phase(ObjectReader(phase, pointer, problems)));
  });
  refuse_second_names(reader, "phases", scenario.phases);
  if (auto limits = reader.object("limits")) read_limits(*limits, scenario.limits);
  read_expectations(reader, scenario.expect);
  return scenario;
}

}  // namespace holdfast::scenario
