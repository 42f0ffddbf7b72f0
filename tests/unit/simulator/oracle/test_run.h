// A hand-made run: its scenario, its ledger, and the record the oracle judges.
//
//   TestRun run({phase("calm", 5s), outage("stress", 10s), phase("after", 20s)});
//   run.offer(1s).accepted().durable(1s + 5ms).delivered(2s);
//   account(run.record())
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulator/oracle/intervals.h"
#include "simulator/oracle/ledger.h"
#include "simulator/oracle/record_times.h"
#include "simulator/oracle/run_record.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::oracle {

using namespace std::chrono_literals;

inline scenario::Phase phase(std::string name, Duration length) {
  scenario::Phase made;
  made.name = std::move(name);
  made.length = length;
  return made;
}

inline scenario::Phase upstream_phase(std::string name, Duration length, upstream::UpstreamEffect effect,
                                      Duration from = Duration{0}, Duration to = Duration::max()) {
  auto made = phase(name, length);
  upstream::UpstreamRule rule;
  rule.name = name + " rule";
  rule.from = from;
  rule.to = to;
  rule.effect = std::move(effect);
  made.upstream.push_back(rule);
  return made;
}

inline scenario::Phase outage(std::string name, Duration length) {
  upstream::UpstreamEffect effect;
  effect.outage = upstream::Outage::refuse;
  return upstream_phase(std::move(name), length, effect);
}

inline scenario::Phase disk_phase(std::string name, Duration length) {
  auto made = phase(name, length);
  faultfs::Rule rule;
  rule.name = name + " rule";
  rule.effect.error = faultfs::ErrorEffect{28};
  made.disk.rules.push_back(rule);
  return made;
}

// Tells one record's story.
class Story {
 public:
  explicit Story(LedgerEntry& entry) : entry_(entry) {}
  Story& accepted() { return outcome(CallOutcome::accepted); }
  // Called when intended; the call took 1 us.
  Story& outcome(CallOutcome outcome) {
    entry_.outcome = outcome;
    entry_.call_ns = entry_.intended_ns.load();
    if (outcome != CallOutcome::calling) entry_.return_ns = entry_.call_ns + 1000;
    return *this;
  }
  Story& called(Duration at) { return set(entry_.call_ns, at); }
  Story& returned(Duration at) { return set(entry_.return_ns, at); }
  Story& durable(Duration at) { return set(entry_.durable_ns, at); }
  Story& delivered(Duration at, std::uint32_t times = 1) {
    entry_.deliveries = times;
    return set(entry_.delivered_ns, at);
  }
  Story& dropped(DropReason reason) {
    entry_.dropped = reason;
    return *this;
  }
  Story& in_life(std::uint8_t life) {
    entry_.incarnation = life;
    return *this;
  }
  Story& key(std::uint64_t key) {
    entry_.key = key;
    return *this;
  }
  Story& disturbed() {
    entry_.disturbed = true;
    return *this;
  }
  Story& second_key() {
    entry_.second_key = true;
    return *this;
  }

 private:
  LedgerEntry& entry_;
  Story& set(std::atomic<std::int64_t>& field, Duration at) {
    field = to_ledger(at);
    return *this;
  }
};

class TestRun {
 public:
  explicit TestRun(std::vector<scenario::Phase> phases = {phase("calm", 10s)},
                   std::uint64_t capacity = 100'000)
      : ledger_(Ledger::in_memory(capacity)) {
    scenario::Scenario scenario;
    scenario.name = "test";
    scenario.phases = std::move(phases);
    scenario.live_tier = true;  // recovery window of 2 s
    record_.emplace(RunRecord{*ledger_, scenario});
    record_->length = record_->scenario.length();
    record_->windows = planned_windows(record_->scenario);
    for (const auto& window : record_->windows)
      for (const auto& rule : window.rules) record_->fired[rule] = 1;
  }

  Story offer(Duration intended) {
    auto& entry = ledger_->entry(ledger_->claim());
    entry.intended_ns = to_ledger(intended);
    return Story(entry);
  }
  // One record every `step` in [from, to), each delivered `delay` after it was intended.
  void stream(Duration from, Duration to, Duration step, std::optional<Duration> delay = 5ms) {
    for (Duration at = from; at < to; at += step) {
      auto story = offer(at);
      story.accepted().durable(at + 1ms);
      if (delay) story.delivered(at + *delay);
    }
  }
  // Stats of a core that has closed and whose books agree with the ledger so far.
  Stats& stats() {
    if (!record_->stats) record_->stats.emplace();
    return *record_->stats;
  }

  Ledger& ledger() { return *ledger_; }
  RunRecord& record() { return *record_; }
  RunRecord* operator->() { return &*record_; }

 private:
  std::unique_ptr<Ledger> ledger_;
  std::optional<RunRecord> record_;
};

}  // namespace holdfast::oracle
