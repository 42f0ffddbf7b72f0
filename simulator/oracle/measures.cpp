#include "simulator/oracle/measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "simulator/oracle/ideal_client.h"
#include "simulator/oracle/intervals.h"
#include "simulator/oracle/record_times.h"
#include "simulator/oracle/recovery.h"
#include "simulator/oracle/upstream_measures.h"

namespace holdfast::oracle {

namespace {

// The phase that retained least counts; phases with too few records are named in the note.
Measured least(const std::vector<PhaseRetention>& phases, std::optional<double> PhaseRetention::*member) {
  Measured worst;
  std::string silent;
  for (const auto& phase : phases) {
    const auto& value = phase.*member;
    if (!value) {
      silent += (silent.empty() ? "" : ", ") + phase.phase;
    } else if (!worst.value || *value < *worst.value) {
      worst = {value, "phase " + phase.phase};
    }
  }
  if (!silent.empty()) worst.note += (worst.note.empty() ? "" : "; ") + ("under 100 records in " + silent);
  return worst;
}

void add_retention(Measures& measures, const RunRecord& run, const RunRecord* twin) {
  constexpr std::pair<const char*, std::optional<double> PhaseRetention::*> kNames[] = {
      {"retention.accepted", &PhaseRetention::accepted},
      {"retention.durable", &PhaseRetention::durable},
      {"retention.delivered", &PhaseRetention::delivered},
      {"retention.calls", &PhaseRetention::calls},
  };
  if (twin != nullptr) measures.phases = retention(run, *twin);
  for (const auto& [name, member] : kNames) {
    auto& measured = measures.by_name[name];
    if (twin == nullptr) {
      measured.note = "no twin";
    } else if (measures.phases.empty()) {
      measured.note = "no fault was armed";
    } else if (member == &PhaseRetention::calls && !run.closed_loop()) {
      measured.note = "open loop";
    } else {
      measured = least(measures.phases, member);
    }
  }
}

Measured oracle_ratio(const RunRecord& run) {
  const auto w = armed(run);
  if (w.empty()) return {std::nullopt, "no fault was armed"};
  const double possible = delivered_in(ideal_deliveries(run), w);
  if (possible < kLeastRecords) return {std::nullopt, "no client could have delivered 100 records"};
  return {static_cast<double>(count_in(run.ledger, w).arrivals) / possible, ""};
}

Measured from_wait(const Wait& wait, const char* unknown) {
  switch (wait.kind) {
    case Wait::Kind::after: return {seconds(wait.time), ""};
    case Wait::Kind::never: return {std::numeric_limits<double>::infinity(), "never within the run"};
    case Wait::Kind::unknown: break;
  }
  return {std::nullopt, unknown};
}

Measured in_seconds(const std::optional<Duration>& duration, const char* otherwise) {
  if (!duration) return {std::nullopt, otherwise};
  return {seconds(*duration), ""};
}

// LIVE, and of a subject that is called in its own process.
Measured of_calls(const RunRecord& run, std::optional<double> value, std::string note) {
  if (!run.live) return {std::nullopt, "LIVE only"};
  if (!run.core() && !run.control()) return {std::nullopt, "the subject is another program"};
  return {value, std::move(note)};
}

void add_record_times(Measures& measures, const RunRecord& run, std::vector<Duration>& all,
                      std::vector<Duration>& undisturbed) {
  struct Rank {
    const char* name;
    std::vector<Duration>& times;
    std::uint64_t per_thousand;
  };
  const Rank ranks[] = {{"record.p50", all, 500},
                        {"record.p99", all, 990},
                        {"record.p999", all, 999},
                        {"record.max", all, 1000},
                        {"record.undisturbed.p99", undisturbed, 990},
                        {"record.undisturbed.p999", undisturbed, 999}};
  for (const auto& [name, times, per_thousand] : ranks) {
    const auto measured = in_seconds(percentile(times, per_thousand), "no call returned");
    measures.by_name[name] = of_calls(run, measured.value, measured.note);
  }
}

void add_call_times(Measures& measures, const RunRecord& run) {
  std::vector<Duration> cost, undisturbed, lag;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (times.called == kNotYet) continue;
    lag.push_back(std::max(times.called - times.intended, Duration{0}));
    if (times.returned == kNotYet) continue;
    cost.push_back(times.returned - times.called);
    if (!run.ledger.entry(i).disturbed.load()) undisturbed.push_back(cost.back());
  }
  const auto disturbed = cost.size() - undisturbed.size();
  add_record_times(measures, run, cost, undisturbed);
  measures.by_name["record.disturbed"] =
      of_calls(run, static_cast<double>(disturbed), cost.empty() ? "no call returned" : "");
  measures.by_name["arrival.lag"] =
      run.live ? in_seconds(percentile(lag, 990), "no call was made") : Measured{std::nullopt, "LIVE only"};
}

// From the instant at which a record was due, so that time spent on disk counts.
void add_delivery_age(Measures& measures, const RunRecord& run) {
  std::vector<Duration> ages;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (times.delivered != kNotYet) ages.push_back(times.delivered - times.intended);
  }
  measures.by_name["delivery.age.p50"] = in_seconds(percentile(ages, 500), "nothing was delivered");
  measures.by_name["delivery.age.p99"] = in_seconds(percentile(ages, 990), "nothing was delivered");
}

// What the core counts of itself; a control keeps no such books.
void add_events(Measures& measures, const RunRecord& run) {
  constexpr std::pair<const char*, std::uint64_t Stats::*> kEvents[] = {
      {"breaker.opens", &Stats::breaker_opens},
      {"retries", &Stats::retries},
      {"fallbacks", &Stats::fallbacks}};
  for (const auto& [name, member] : kEvents) {
    auto& measured = measures.by_name[name];
    if (!run.stats)
      measured.note = "the subject keeps no such books";
    else
      measured = {static_cast<double>((*run.stats).*member),
                  run.ended_lives.empty() ? "" : "of its last life"};
  }
}

Measured retention_of_host(const RunRecord& run) {
  Measured worst{std::nullopt, "no fault was armed"};
  for (const auto& stress : stress_phases(run)) {
    const auto kept = retention_of(*run.host, stress.armed);
    if (kept && (!worst.value || *kept < *worst.value)) worst = {kept, "phase " + stress.name};
  }
  return worst;
}

void add_host(Measures& measures, const RunRecord& run) {
  auto& retention = measures.by_name["retention.host"];
  auto& gap = measures.by_name["host.gap"];
  if (!run.host) {
    retention.note = gap.note = run.scenario.host ? "LIVE only" : "the scenario has no host task";
    return;
  }
  retention = retention_of_host(run);
  gap = in_seconds(longest_gap(*run.host, armed(run)), "no fault was armed");
  if (gap.value) gap.note = fmt::format("alone {:.6f} s", seconds(run.host->alone_gap));
}

void add_counts(Measures& measures, const Accounting& books) {
  const std::pair<const char*, std::uint64_t> counts[] = {{"loss.counted", books.loss_counted()},
                                                          {"loss.unaccounted", books.unaccounted},
                                                          {"duplicates", books.deliveries_repeated},
                                                          {"quarantined", books.quarantined},
                                                          {"expired", books.expired}};
  for (const auto& [name, count] : counts) measures.by_name[name].value = static_cast<double>(count);
}

}  // namespace

std::optional<double> Measures::value(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? std::nullopt : found->second.value;
}

std::string Measures::note(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? "not measured" : found->second.note;
}

std::optional<Duration> percentile(std::vector<Duration>& values, std::uint64_t per_thousand) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::uint64_t rank = (values.size() * per_thousand + 999) / 1000;
  return values[std::max<std::uint64_t>(rank, 1) - 1];
}

Measures compute_measures(const RunRecord& run, const RunRecord* twin, const Accounting& books) {
  Measures measures;
  add_retention(measures, run, twin);
  measures.by_name["oracle_ratio"] = oracle_ratio(run);
  add_counts(measures, books);
  add_call_times(measures, run);
  add_delivery_age(measures, run);
  add_events(measures, run);
  add_upstream_measures(measures, run, twin, books);
  add_host(measures, run);
  measures.by_name["recovery.time"] =
      from_wait(recovery_time(run), "no fault was armed, or too little load came after it");
  measures.by_name["backlog.drain_time"] = from_wait(drain_time(run, books), "no fault was armed");
  return measures;
}

}  // namespace holdfast::oracle
