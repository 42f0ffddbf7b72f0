#include "faultfs/model/injector.h"

#include <fmt/format.h>

#include <algorithm>

#include "faultfs/model/draw.h"
#include "faultfs/model/effects.h"

namespace holdfast::faultfs {
namespace {

// Of an operation that the rule may meet, as may_meet() has it.
bool names(const Rule& rule, const Call& call) {
  return !rule.when.operations.empty() || acts_on(rule.effect, call);
}

bool draws(const Rule& rule) {
  return rule.effect.draws() || (rule.when.probability > 0 && rule.when.probability < kCertain);
}

// The path is the rule's, or the rule looks at more than that.
bool looks_at(const Rule& rule, std::string_view path) {
  return rule.effect.full || rule.effect.replaced || rule.when.matches_path(path);
}

}  // namespace

Injector::Injector(std::uint64_t seed, Sink sink) : seed_(seed), sink_(std::move(sink)) {}

void Injector::arm(FaultPlan plan, Time now) {
  undo_.make_due(Undo::Which::healing);
  plan_ = std::move(plan);
  progress_.assign(plan_.rules.size(), {});
  armed_at_ = now;
  index_rules();
  old_.clear();
  unsynced_.clear();
  sync_errors_.clear();
  space_.lift_limits();
  open_and_close_full_windows(now);
  if (listener_) listener_();
}

void Injector::index_rules() {
  meets_.assign(plan_.rules.size(), {});
  met_ = {};
  drawing_ = {};
  full_rules_.clear();
  full_open_.clear();
  rules_by_path_.clear();
  for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
    const Rule& rule = plan_.rules[i];
    if (rule.effect.full) {
      progress_[i].limit = full_rules_.size();
      full_rules_.push_back(i);
      full_open_.push_back(false);
    }
    for (std::size_t number = 0; number < kOperationCount; ++number) {
      const auto operation = static_cast<Operation>(number);
      if (must_know(rule, operation)) met_.add(operation);
      if (!may_meet(rule, operation)) continue;
      meets_[i].add(operation);
      if (draws(rule)) drawing_.add(operation);
    }
  }
}

bool Injector::watches(OperationSet operations, std::string_view path) const {
  if (!met_.overlaps(operations)) return false;
  const auto is_met = [&](const Rule& rule) {
    if (!looks_at(rule, path)) return false;
    for (std::size_t number = 0; number < kOperationCount; ++number) {
      const auto operation = static_cast<Operation>(number);
      if (operations.contains(operation) && must_know(rule, operation)) return true;
    }
    return false;
  };
  return std::ranges::any_of(plan_.rules, is_met);
}

// Those whose path it is, and those that look at more than that.
const std::vector<std::size_t>& Injector::rules_for(std::string_view path) {
  if (const auto known = rules_by_path_.find(path); known != rules_by_path_.end()) return known->second;
  if (rules_by_path_.size() >= kMostKnownPaths) rules_by_path_.clear();
  auto& rules = rules_by_path_[std::string(path)];
  for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
    if (looks_at(plan_.rules[i], path)) rules.push_back(i);
  }
  return rules;
}

Decision Injector::decide(const Call& call, Time now) {
  Decision decision;
  decision.granted = call.size;
  if (!full_rules_.empty()) open_and_close_full_windows(now);
  if (!met_.contains(call.operation)) {
    account(call, decision);
    return decision;
  }
  const std::uint32_t ordinal = drawing_.contains(call.operation) ? next_ordinal(call) : 0;
  std::vector<const Rule*> on_bytes;
  const auto& rules = rules_for(call.path);
  bool ended = false;
  for (const std::size_t number : rules) {
    const Rule& rule = plan_.rules[number];
    if (ended && !rule.effect.full) continue;  // what is full is so whatever else befalls the call
    if (!meets_[number].contains(call.operation) || !triggered(rule, call, ordinal, now)) continue;
    if (rule.effect.acts_on_bytes()) {
      if (!can_act_on_bytes(rule, call, on_bytes)) continue;
      on_bytes.push_back(&rule);
    } else if (!apply(rule, call, ordinal, decision, now)) {
      continue;
    }
    if (decision.error != 0) break;
    ended = ended || !rule.lets_later_rules_act();
  }
  account(call, decision);
  if (decision.error != 0) return decision;
  for (const Rule* rule : on_bytes)
    act_on_bytes(*rule, call, draw(seed_, *rule, call, ordinal), decision, now);
  if (call.operation == Operation::fsync) conclude_sync(call, decision, now);
  const auto keeps = [&](std::size_t number) { return plan_.rules[number].effect.keeps_old(); };
  decision.keeps_old = call.operation == Operation::write && std::ranges::any_of(rules, keeps);
  if (decision.keeps_old) unsynced_.begin_write(call.inode, call.file_size);
  return decision;
}

std::vector<const Rule*> Injector::take_due_at_rest(Time now) {
  std::vector<const Rule*> due;
  for (const Rule& rule : plan_.rules) {
    if (!rule.effect.at_rest() || progress_of(rule).taken || !in_window(rule.when, now)) continue;
    progress_of(rule).taken = true;
    due.push_back(&rule);
  }
  return due;
}

Time Injector::next_at_rest() const {
  Time next = kNever;
  for (std::size_t i = 0; i < plan_.rules.size(); ++i)
    if (plan_.rules[i].effect.at_rest() && !progress_[i].taken)
      next = std::min(next, armed_at_ + plan_.rules[i].when.from);
  return next;
}

std::vector<Damage> Injector::damage_at_rest(const Rule& rule, std::string_view path, std::uint64_t size,
                                             Time now) {
  const std::uint64_t drawn = draw(seed_, rule, path, kAtRest, 0);
  if (size == 0 || !rule.when.matches_path(path)) return {};
  if (!progress_of(rule).turns.take(rule.when, path, now) || !chance(rule, drawn)) return {};
  FaultEvent event = event_of(rule, {.path = path, .size = size}, {}, now);
  event.operation.reset();
  event.damage = draw_damage(*rule.effect.corrupt, drawn, 0, size);
  event.decision = fmt::format("corrupt {}", to_string(rule.effect.corrupt->kind));
  note_replayable(event, rule.effect, drawn);
  report(rule, event);
  return std::move(event.damage);
}

std::uint64_t Injector::fired(const std::string& rule) const {
  const auto found = fired_.find(rule);
  return found == fired_.end() ? 0 : found->second;
}

bool Injector::in_window(const Trigger& when, Time now) const {
  const Duration since = now - armed_at_;
  return since >= when.from && since < when.to;
}

bool Injector::triggered(const Rule& rule, const Call& call, std::uint32_t ordinal, Time now) {
  if (rule.effect.full) return true;  // which has its own idea of where and when
  if (!names(rule, call) || !in_window(rule.when, now) || !rule.when.concerns(call)) return false;
  if (rule.effect.replaced && !concerns(rule, call)) return false;
  if (!came_after(rule.when) || !progress_of(rule).turns.take(rule.when, call.path, now)) return false;
  return chance(rule, draw(seed_, rule, call, ordinal));
}

bool Injector::came_after(const Trigger& when) const {
  if (!when.after) return true;
  const auto first = std::ranges::find(plan_.rules, when.after->rule, &Rule::name);
  if (first == plan_.rules.end()) return false;
  return progress_[static_cast<std::size_t>(first - plan_.rules.begin())].turns.fired() >= when.after->times;
}

std::uint32_t Injector::next_ordinal(const Call& call) {
  const auto operation = static_cast<std::size_t>(call.operation);
  if (const auto known = ordinals_.find(call.path); known != ordinals_.end())
    return known->second[operation]++;
  if (ordinals_.size() >= kMostCountedPaths) return ordinals_of_others_[operation]++;
  return ordinals_[std::string(call.path)][operation]++;
}

bool Injector::apply(const Rule& rule, const Call& call, std::uint32_t ordinal, Decision& decision,
                     Time now) {
  const Effect& effect = rule.effect;
  if (effect.full) return apply_full(rule, call, decision, now);
  if (effect.latency) return apply_latency(rule, call, ordinal, decision, now);
  if (effect.throttle) return apply_throttle(rule, call, decision, now);
  if (effect.hang) return apply_hang(rule, call, decision, now);
  if (effect.shortens) return apply_short(rule, call, decision, now);
  if (effect.sync_failure) return fail_sync(rule, call, decision, now);
  if (effect.kill_caller) return kill_caller(rule, call, decision, now);
  decision.error = answer_of(rule, call);
  decision.disconnects = effect.disconnect.has_value();
  if (effect.disconnect)
    report(rule, call, "disconnect", now, effect);
  else
    report(rule, call, "error " + errno_name(decision.error), now, error_again(call, decision.error));
  return true;
}

// Neither what the kernel does by itself nor the first process of all can be killed for it.
bool Injector::kill_caller(const Rule& rule, const Call& call, Decision& decision, Time now) {
  if (call.caller_process <= 1) return false;
  decision.signal = rule.effect.kill_caller->signal;
  const auto signal = std::ranges::find(kSignals, decision.signal, &SignalName::number);
  report(rule, call, fmt::format("kill {} {}", signal->name, call.caller_process), now, rule.effect);
  return true;
}

FaultEvent Injector::event_of(const Rule& rule, const Call& call, std::string what, Time now) const {
  return {.time = now,
          .rule = rule.name,
          .caller_pid = call.caller_pid,
          .path = std::string(call.path),
          .operation = call.operation,
          .offset = call.offset,
          .size = call.size,
          .decision = std::move(what),
          .order_dependent = rule.order_dependent(),
          .ordinal = call.ordinal};
}

void Injector::report(const Rule& rule, const Call& call, std::string what, Time now,
                      std::optional<Effect> again) {
  FaultEvent event = event_of(rule, call, std::move(what), now);
  if (again) note_replayable(event, *std::move(again), std::nullopt);
  report(rule, std::move(event));
}

void Injector::note_replayable(FaultEvent& event, Effect again, std::optional<std::uint64_t> drawn) const {
  if (replayable_) event.replayable = Replayable{std::move(again), drawn};
}

void Injector::report(const Rule& rule, FaultEvent event) {
  progress_of(rule).turns.fire(rule.when, event.path, event.time);
  tell(std::move(event));
}

void Injector::tell(FaultEvent event) {
  event.number = ++events_;
  ++fired_[event.rule];
  if (sink_) sink_(event);
}

}  // namespace holdfast::faultfs
