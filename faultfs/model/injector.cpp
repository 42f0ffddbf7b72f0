#include "faultfs/model/injector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/base/units.h"
#include "faultfs/model/effects.h"
#include "faultfs/model/json_text.h"

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

constexpr std::uint64_t kAtRest = kOperationCount;  // in the place of an operation

// What a decision is drawn from: the same for the same operation on the same path, whoever came before.
std::uint64_t draw(std::uint64_t seed, const Rule& rule, std::string_view path, std::uint64_t operation,
                   std::uint32_t ordinal) {
  std::uint64_t hash = hash_name(rule.name, seed);
  hash = hash_name(path, hash);
  return mix64(hash ^ (operation << 32 | ordinal));
}

std::uint64_t draw(std::uint64_t seed, const Rule& rule, const Call& call, std::uint32_t ordinal) {
  return draw(seed, rule, call.path, static_cast<std::uint64_t>(call.operation), ordinal);
}

bool chance(const Rule& rule, std::uint64_t drawn) {
  if (rule.when.probability >= kCertain) return true;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(drawn) * kCertain >> 64) < rule.when.probability;
}

// "[[0,512],[1024,512]]".
std::string json_of(const std::vector<ByteRange>& ranges) {
  std::string text;
  for (const auto& [offset, size] : ranges)
    text += fmt::format("{}[{},{}]", text.empty() ? "" : ",", offset, size);
  return "[" + text + "]";
}

std::string json_of(const std::vector<Piece>& pieces) {
  std::string text;
  for (const auto& [offset, size, to] : pieces)
    text += fmt::format("{}[{},{},{}]", text.empty() ? "" : ",", offset, size, to);
  return "[" + text + "]";
}

// How many bytes a read can give, as long as the file is.
std::uint64_t there(const Call& call) {
  return std::min(call.size, call.file_size - std::min(call.file_size, call.offset));
}

}  // namespace

std::vector<ByteRange> FaultEvent::damaged() const {
  std::vector<ByteRange> ranges;
  for (const Damage& hit : damage) ranges.push_back({hit.offset, hit.size});
  ranges.insert(ranges.end(), harmed.begin(), harmed.end());
  return ranges;
}

std::string to_json_line(const FaultEvent& event, Time start) {
  std::string places;
  if (const auto damaged = event.damaged(); !damaged.empty()) places += R"(,"damaged":)" + json_of(damaged);
  if (event.pieces) places += R"(,"pieces":)" + json_of(*event.pieces);
  return fmt::format(
      R"({{"n":{},"t":{},"rule":{},"pid":{},"path":{},"op":"{}","offset":{},"size":{},"decision":{},)"
      R"("order_dependent":{}{}}})",
      event.number, (event.time - start).count(), json_quoted(event.rule), event.caller_pid,
      json_quoted(event.path), event.operation ? to_string(*event.operation) : "rest", event.offset,
      event.size, json_quoted(event.decision), event.order_dependent, places);
}

Injector::Injector(std::uint64_t seed, Sink sink) : seed_(seed), sink_(std::move(sink)) {}

void Injector::arm(FaultPlan plan, Time now) {
  plan_ = std::move(plan);
  progress_.assign(plan_.rules.size(), {});
  armed_at_ = now;
  index_rules();
  old_.clear();
  unsynced_.clear();
  sync_errors_.clear();
  full_rule_.reset();
  space_.limit(std::nullopt);
  space_.limit_inodes(std::nullopt);
  open_and_close_full_windows(now);
  if (listener_) listener_();
}

void Injector::index_rules() {
  meets_.assign(plan_.rules.size(), {});
  met_ = {};
  drawing_ = {};
  full_rules_.clear();
  rules_by_path_.clear();
  for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
    const Rule& rule = plan_.rules[i];
    if (rule.effect.full) full_rules_.push_back(i);
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
  for (const std::size_t number : rules) {
    const Rule& rule = plan_.rules[number];
    if (!meets_[number].contains(call.operation) || !triggered(rule, call, ordinal, now)) continue;
    if (rule.effect.acts_on_bytes()) {
      if (!can_act_on_bytes(rule, call, on_bytes)) continue;
      on_bytes.push_back(&rule);
    } else if (!apply(rule, call, decision, now)) {
      continue;
    }
    if (decision.error != 0 || !rule.lets_later_rules_act()) break;
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

void Injector::keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  old_.keep(inode, offset, bytes);
  unsynced_.keep(inode, offset, bytes);
}

// The dirty bytes are clean now, and the file system believes that they are on the disk.
void Injector::fail_sync(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const SyncProfile profile = rule.effect.sync_failure->profile;
  decision.loses_dirty = true;
  sync_errors_.fail(call.inode, call.newest_handle, rule.name);
  if (profile == SyncProfile::btrfs) decision.reversal = unsynced_.take(call.inode);
  if (profile != SyncProfile::ext4_data) {  // which tells nobody before the next sync
    (void)sync_errors_.tell(call.inode, call.handle);
    decision.answer = EIO;
  }
  report(rule, call, fmt::format("sync_failure {}", kSyncProfiles[static_cast<std::size_t>(profile)]), now);
}

// A sync that is carried out may still owe its caller the news of an earlier one.
void Injector::conclude_sync(const Call& call, Decision& decision, Time now) {
  if (decision.loses_dirty) return;
  unsynced_.forget(call.inode);
  const std::string* name = sync_errors_.tell(call.inode, call.handle);
  if (name == nullptr) return;
  decision.answer = EIO;
  const auto rule = std::ranges::find(plan_.rules, *name, &Rule::name);
  if (rule != plan_.rules.end()) report(*rule, call, "error EIO of an earlier sync", now);
}

// What proceeds takes its room.
void Injector::account(const Call& call, Decision& decision) {
  if (decision.error != 0) {
    decision.granted = 0;
    decision.shortened = false;
  } else if (call.operation == Operation::write) {
    decision.granted = space_.write(call.inode, call.offset, decision.granted);
  } else if (call.operation == Operation::fallocate) {
    const bool fits = space_.allocate(call.inode, call.offset, call.size);
    HOLDFAST_CHECK(fits, "an allocation that proceeds was found to fit");
  }
}

void Injector::remove(std::uint64_t inode) {
  space_.remove(inode);
  old_.forget(inode);
  unsynced_.forget(inode);
  sync_errors_.forget(inode);
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
  report(rule, event);
  return std::move(event.damage);
}

std::uint64_t Injector::fired(const std::string& rule) const {
  const auto found = fired_.find(rule);
  return found == fired_.end() ? 0 : found->second;
}

// The first `full` rule whose window is open limits the space, counted from the moment it opened.
void Injector::open_and_close_full_windows(Time now) {
  std::optional<std::size_t> open;
  for (const std::size_t number : full_rules_)
    if (!open && in_window(plan_.rules[number].when, now)) open = number;
  if (open == full_rule_) return;
  full_rule_ = open;
  const FullEffect limits = open ? *plan_.rules[*open].effect.full : FullEffect{};
  space_.limit(limits.left_bytes);
  space_.limit_inodes(limits.left_inodes);
}

bool Injector::in_window(const Trigger& when, Time now) const {
  const Duration since = now - armed_at_;
  return since >= when.from && since < when.to;
}

bool Injector::triggered(const Rule& rule, const Call& call, std::uint32_t ordinal, Time now) {
  if (rule.effect.full) return full_rule_ && &plan_.rules[*full_rule_] == &rule;
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
  auto known = ordinals_.find(call.path);
  if (known == ordinals_.end()) known = ordinals_.try_emplace(std::string(call.path)).first;
  return known->second[static_cast<std::size_t>(call.operation)]++;
}

bool Injector::apply(const Rule& rule, const Call& call, Decision& decision, Time now) {
  if (rule.effect.full) return apply_full(rule, call, decision, now);
  if (rule.effect.latency) {
    decision.delay += rule.effect.latency->delay;
    report(rule, call, "delay " + format_duration(rule.effect.latency->delay), now);
  } else if (rule.effect.hang) {
    const bool bounded = rule.when.to != Duration::max();
    decision.delay += bounded ? armed_at_ + rule.when.to - now : kUntilHealed;
    report(rule, call, "hang", now);
  } else if (rule.effect.shortens) {
    return apply_short(rule, call, decision, now);
  } else if (rule.effect.sync_failure) {
    fail_sync(rule, call, decision, now);
  } else {
    decision.error = answer_of(rule, call);
    report(rule, call, "error " + errno_name(decision.error), now);
  }
  return true;
}

bool Injector::apply_short(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const bool reads = call.operation == Operation::read;
  const std::uint64_t moved = std::min(decision.granted, reads ? there(call) : call.size);
  const std::uint64_t granted = shortened(*rule.effect.shortens, moved);
  if (granted == moved) return false;
  decision.granted = granted;
  decision.shortened = true;
  report(rule, call, fmt::format("short {}", granted), now);
  return true;
}

// A write lands once: the first rule that diverts it wins.
bool Injector::can_act_on_bytes(const Rule& rule, const Call& call,
                                const std::vector<const Rule*>& before) const {
  const auto diverts = [](const Rule* other) { return other->effect.diverts(); };
  if (rule.effect.stale) return old_.knows(call.inode, call.offset, there(call));
  if (!rule.effect.diverts()) return true;
  if (call.size == 0 || std::ranges::any_of(before, diverts)) return false;
  return !rule.effect.misdirected || other_place(0, call.offset, call.size, call.file_size).has_value();
}

void Injector::act_on_bytes(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                            Time now) {
  FaultEvent event = event_of(rule, call, {}, now);
  if (rule.effect.corrupt)
    corrupt(rule, call, drawn, decision, event);
  else if (rule.effect.stale)
    give_old(call, decision, event);
  else
    divert(rule, call, drawn, decision, event);
  if (!event.decision.empty()) report(rule, std::move(event));
}

void Injector::corrupt(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                       FaultEvent& event) {
  const bool reads = call.operation == Operation::read;
  const std::uint64_t moved = std::min(decision.granted, reads ? there(call) : call.size);
  event.damage = draw_damage(*rule.effect.corrupt, drawn, call.offset, moved);
  if (event.damage.empty()) return;
  event.decision = fmt::format("corrupt {}", to_string(rule.effect.corrupt->kind));
  decision.damage.insert(decision.damage.end(), event.damage.begin(), event.damage.end());
}

void Injector::give_old(const Call& call, Decision& decision, FaultEvent& event) {
  auto old = old_.before(call.inode, call.offset, std::min(decision.granted, there(call)));
  if (old.empty()) return;
  event.decision = "stale";
  for (const OldBytes& bytes : old) event.harmed.push_back({bytes.offset, bytes.bytes.size()});
  decision.stale.insert(decision.stale.end(), old.begin(), old.end());
}

void Injector::divert(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                      FaultEvent& event) {
  const std::uint64_t size = decision.granted;
  std::vector<Piece> pieces;
  event.decision = "lost";
  if (const auto& torn = rule.effect.torn) {
    pieces = torn_pieces(*torn, drawn, call.offset, size);
    decision.answer = torn->answer;
    event.decision = torn->answer == 0 ? "torn" : "torn " + errno_name(torn->answer);
  } else if (rule.effect.misdirected) {
    pieces = {{call.offset, size, *other_place(drawn, call.offset, size, call.file_size)}};
    event.decision = "misdirected";
  }
  event.harmed = harmed_by(pieces, call.offset, size);
  event.pieces = pieces;
  decision.pieces = std::move(pieces);
}

bool Injector::apply_full(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const bool is_write = call.operation == Operation::write;
  const std::uint64_t asked = is_write ? decision.granted : call.size;
  const std::uint64_t fits = space_.fitting(call.inode, call.offset, asked);
  const bool no_room = (is_write && fits == 0 && asked > 0) ||
                       (call.operation == Operation::fallocate && fits < asked) ||
                       (makes_name(call) && !space_.room_for_name()) ||
                       (makes_inode(call.operation) && !space_.room_for_inode());
  if (no_room) {
    decision.error = ENOSPC;
    report(rule, call, "error ENOSPC", now);
  } else if (is_write && fits < asked) {
    decision.granted = fits;
    decision.shortened = true;
    report(rule, call, fmt::format("short {}", fits), now);
  }
  return no_room || fits < asked;
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
          .order_dependent = rule.order_dependent()};
}

void Injector::report(const Rule& rule, const Call& call, std::string what, Time now) {
  report(rule, event_of(rule, call, std::move(what), now));
}

void Injector::report(const Rule& rule, FaultEvent event) {
  progress_of(rule).turns.fire(rule.when, event.path, event.time);
  event.number = ++events_;
  ++fired_[event.rule];
  if (sink_) sink_(event);
}

}  // namespace holdfast::faultfs
