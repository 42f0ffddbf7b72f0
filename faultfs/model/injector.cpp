#include "faultfs/model/injector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/base/units.h"
#include "faultfs/model/json_text.h"

namespace holdfast::faultfs {
namespace {

// Nobody hears the answer to these, so a rule must name them to be asked about them.
bool is_unheard(Operation operation) {
  return operation == Operation::release || operation == Operation::releasedir;
}

bool names(const Trigger& when, Operation operation) {
  if (when.operations.empty()) return !is_unheard(operation);
  return std::ranges::find(when.operations, operation) != when.operations.end();
}

bool makes_a_name(const Call& call) {
  switch (call.operation) {
    case Operation::create:
    case Operation::mkdir:
    case Operation::symlink:
    case Operation::mknod: return true;
    case Operation::rename:
    case Operation::link: return call.new_name;
    default: return false;
  }
}

// Uniform in [0, kCertain), the same on every machine.
std::uint64_t draw(std::uint64_t seed, const Rule& rule, const Call& call, std::uint32_t ordinal) {
  __extension__ using Wide = unsigned __int128;
  std::uint64_t hash = hash_name(rule.name, seed);
  hash = hash_name(call.path, hash);
  hash = mix64(hash ^ (static_cast<std::uint64_t>(call.operation) << 32 | ordinal));
  return static_cast<std::uint64_t>(static_cast<Wide>(hash) * kCertain >> 64);
}

}  // namespace

std::string to_json_line(const FaultEvent& event, Time start) {
  return fmt::format(
      R"({{"n":{},"t":{},"rule":{},"pid":{},"path":{},"op":"{}","offset":{},"size":{},"decision":{},)"
      R"("order_dependent":{}}})",
      event.number, (event.time - start).count(), json_quoted(event.rule), event.caller_pid,
      json_quoted(event.path), to_string(event.operation), event.offset, event.size,
      json_quoted(event.decision), event.order_dependent);
}

Injector::Injector(std::uint64_t seed, Sink sink) : seed_(seed), sink_(std::move(sink)) {}

void Injector::arm(FaultPlan plan, Time now) {
  plan_ = std::move(plan);
  armed_at_ = now;
  probabilistic_ = std::ranges::any_of(plan_.rules, [](const Rule& rule) {
    return rule.when.probability > 0 && rule.when.probability < kCertain;
  });
  full_rule_.reset();
  space_.limit(std::nullopt);
  open_and_close_full_windows(now);
}

Decision Injector::decide(const Call& call, Time now) {
  Decision decision;
  decision.granted = call.size;
  if (armed()) {
    open_and_close_full_windows(now);
    const std::uint32_t ordinal = probabilistic_ ? next_ordinal(call) : 0;
    for (const Rule& rule : plan_.rules) {
      if (decision.error != 0) break;
      if (triggered(rule, call, ordinal, now)) apply(rule, call, decision, now);
    }
  }
  if (decision.error != 0) {
    decision.granted = 0;
    decision.shortened = false;
  } else if (call.operation == Operation::write) {
    decision.granted = space_.write(call.inode, call.offset, call.size);
  } else if (call.operation == Operation::fallocate) {
    const bool fits = space_.allocate(call.inode, call.offset, call.size);
    HOLDFAST_CHECK(fits, "an allocation that proceeds was found to fit");
  }
  return decision;
}

std::uint64_t Injector::fired(const std::string& rule) const {
  const auto found = fired_.find(rule);
  return found == fired_.end() ? 0 : found->second;
}

// The first `full` rule whose window is open limits the space, counted from the moment it opened.
void Injector::open_and_close_full_windows(Time now) {
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < plan_.rules.size() && !open; ++i) {
    if (plan_.rules[i].effect.full && in_window(plan_.rules[i].when, now)) open = i;
  }
  if (open == full_rule_) return;
  full_rule_ = open;
  space_.limit(open ? std::optional(plan_.rules[*open].effect.full->left_bytes) : std::nullopt);
}

bool Injector::in_window(const Trigger& when, Time now) const {
  const Duration since = now - armed_at_;
  return since >= when.from && since < when.to;
}

bool Injector::triggered(const Rule& rule, const Call& call, std::uint32_t ordinal, Time now) const {
  if (rule.effect.full) return full_rule_ && &plan_.rules[*full_rule_] == &rule;
  if (!names(rule.when, call.operation) || !in_window(rule.when, now)) return false;
  if (!glob_matches(rule.when.path, call.path)) return false;
  return rule.when.probability >= kCertain || draw(seed_, rule, call, ordinal) < rule.when.probability;
}

std::uint32_t Injector::next_ordinal(const Call& call) {
  return ordinals_[std::string(call.path)][static_cast<std::size_t>(call.operation)]++;
}

void Injector::apply(const Rule& rule, const Call& call, Decision& decision, Time now) {
  if (rule.effect.full) {
    apply_full(rule, call, decision, now);
  } else if (rule.effect.error) {
    decision.error = rule.effect.error->error;
    report(rule, call, "error " + errno_name(decision.error), now);
  } else if (rule.effect.latency) {
    decision.delay += rule.effect.latency->delay;
    report(rule, call, "delay " + format_duration(rule.effect.latency->delay), now);
  }
}

void Injector::apply_full(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const std::uint64_t fits = space_.fitting(call.inode, call.offset, call.size);
  const bool is_write = call.operation == Operation::write;
  const bool no_room = (is_write && fits == 0 && call.size > 0) ||
                       (call.operation == Operation::fallocate && fits < call.size) ||
                       (makes_a_name(call) && !space_.room_for_name());
  if (no_room) {
    decision.error = ENOSPC;
    report(rule, call, "error ENOSPC", now);
  } else if (is_write && fits < call.size) {
    decision.shortened = true;
    report(rule, call, fmt::format("short {}", fits), now);
  }
}

void Injector::report(const Rule& rule, const Call& call, std::string what, Time now) {
  ++events_;
  ++fired_[rule.name];
  if (!sink_) return;
  sink_(FaultEvent{.number = events_,
                   .time = now,
                   .rule = rule.name,
                   .caller_pid = call.caller_pid,
                   .path = std::string(call.path),
                   .operation = call.operation,
                   .offset = call.offset,
                   .size = call.size,
                   .decision = std::move(what),
                   .order_dependent = rule.effect.full.has_value()});
}

}  // namespace holdfast::faultfs
