#include "faultfs/fuse/faults.h"

#include <signal.h>
#include <unistd.h>

#include "faultfs/fuse/caller.h"
#include "faultfs/fuse/files_at_rest.h"
#include "faultfs/fuse/monotonic.h"
#include "faultfs/model/effects.h"

namespace holdfast::faultfs {

Faults::Faults(std::uint64_t seed, PathClasses classes, LineLog& log)
    : injector_(seed, [&log](const FaultEvent& event) { log.append(to_json_line(event, Time{})); }),
      coverage_(std::move(classes)) {
  injector_.make_replayable();
}

namespace {

// The operations that a rule of this kind must know of.
template <class Kind>
std::uint64_t met_by(const FaultPlan& plan, Kind is_such) {
  OperationSet operations;
  for (const Rule& rule : plan.rules)
    for (std::size_t i = 0; is_such(rule) && i < kOperationCount; ++i)
      if (must_know(rule, static_cast<Operation>(i))) operations.add(static_cast<Operation>(i));
  return operations.bits();
}

}  // namespace

void Faults::arm(FaultPlan plan) {
  const std::lock_guard lock(mutex_);
  needing_size_ = met_by(plan, [](const Rule& rule) { return rule.effect.needs_file_size(); });
  asking_who_ = met_by(plan, [](const Rule& rule) { return rule.asks_who(); });
  meeting_ = met_by(plan, [](const Rule&) { return true; });
  injector_.arm(std::move(plan), monotonic_now());
  ++arming_;
}

// Under the lock, so that no operation of the program passes before the damage of its moment is done.
std::optional<Time> Faults::damage_at_rest(int root_descriptor) {
  const std::lock_guard lock(mutex_);
  const Time now = monotonic_now();
  for (const Rule* rule : injector_.take_due_at_rest(now)) {
    for_each_file(root_descriptor, [&](const std::string& path, const FileAtRest& file) {
      const auto damage = injector_.damage_at_rest(*rule, path, file.size(), now);
      const bool heals = rule->effect.corrupt->restore;
      for (const Damage& hit : damage)
        file.damage(hit, [&](std::span<const std::byte> before, std::span<const std::byte> after) {
          injector_.keep_undamaged(file.inode(), hit.offset, before, after, heals);
        });
    });
  }
  const Time next = injector_.next_at_rest();
  return next == kNever ? std::nullopt : std::optional(next);
}

std::uint64_t Faults::restore(int root_descriptor, bool all) {
  const std::lock_guard lock(mutex_);
  if (all) injector_.make_all_due();
  if (!injector_.undo().any_due()) return 0;
  std::uint64_t restored = 0;
  for_each_file(root_descriptor, [&](const std::string&, const FileAtRest& file) {
    for (const Undo::Place& place : injector_.undo().take_due(file.inode()))
      restored += file.restore(place) ? 1 : 0;
  });
  injector_.undo().drop_due();  // of files that are gone
  return restored;
}

void Faults::keep_undamaged(const Call& call, std::span<const std::byte> before,
                            std::span<const std::byte> after, bool heals) {
  const std::lock_guard lock(mutex_);
  injector_.keep_undamaged(call.inode, call.offset, before, after, heals);
}

void Faults::forget_damage(std::uint64_t inode) {
  const std::lock_guard lock(mutex_);
  injector_.undo().forget(inode);
}

Judgement Faults::judge(const Call& call) {
  const auto asking = OperationSet::of_bits(asking_who_.load(std::memory_order_relaxed));
  Judgement judged = asking.contains(call.operation) ? judge_caller(call) : judge_known(call);
  if (trace_.is_on()) trace_.begin(call, judged.decision, caller_of(call.caller_pid));
  if (judged.decision.disconnects && disconnected_) disconnected_();
  return judged;
}

// Who calls is found out before the lock is taken. The daemon itself is nobody to be killed.
Judgement Faults::judge_caller(const Call& call) {
  const Caller caller = caller_of(call.caller_pid);
  Call known = call;
  known.caller_process = caller.process == static_cast<std::uint32_t>(::getpid()) ? 0 : caller.process;
  known.caller_comm = caller.comm;
  Judgement judged = judge_known(known);
  if (judged.decision.signal != 0)
    (void)::kill(static_cast<pid_t>(known.caller_process), judged.decision.signal);
  return judged;
}

Judgement Faults::judge_known(const Call& call) {
  const std::lock_guard lock(mutex_);
  Call counted = call;
  counted.ordinal = coverage_.saw(call.operation, call.path);
  const Time now = injector_.armed() ? monotonic_now() : Time{};
  Judgement judged{injector_.decide(counted, now), arming_.load()};
  count(call, judged.decision);
  return judged;
}

void Faults::count(const Call& call, const Decision& decision) {
  OperationCount& seen = seen_[static_cast<std::size_t>(call.operation)];
  ++seen.count;
  if (has_place(call.operation)) seen.bytes += call.size;
  if (decision.delay.count() > 0) ++seen.delayed;
  const int told = decision.error != 0 ? decision.error : decision.answer;
  if (told == 0) return;
  ++seen.errors;
  coverage_.injected(call.operation, call.path, told);
}

CoverageReport Faults::coverage() const {
  const std::lock_guard lock(mutex_);
  return coverage_.report();
}

bool Faults::watches(OperationSet operations, std::string_view path) const {
  const std::lock_guard lock(mutex_);
  return injector_.watches(operations, path);
}

void Faults::made_inode(std::string_view path, std::uint32_t owner) {
  const std::lock_guard lock(mutex_);
  injector_.make_inode(path, owner);
}

void Faults::adopt(const SeenFile& file) {
  const std::lock_guard lock(mutex_);
  injector_.adopt(file.inode, file.size, file.path, file.owner);
}

void Faults::truncated(const SeenFile& before, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  injector_.adopt(before.inode, before.size, before.path, before.owner);
  injector_.truncate(before.inode, before.path, size);
}

void Faults::removed(const SeenFile& file) {
  const std::lock_guard lock(mutex_);
  injector_.remove(file.inode, file.path, file.owner);
}

void Faults::reverted(const SeenFile& before, const Reversal& reversal) {
  const std::lock_guard lock(mutex_);
  injector_.adopt(before.inode, before.size, before.path, before.owner);
  injector_.reverted(before.inode, before.path, reversal);
}

void Faults::brought_back(const SeenFile& file) {
  const std::lock_guard lock(mutex_);
  injector_.brought_back(file.inode, file.size, file.path, file.owner);
}

void Faults::keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  injector_.keep_old(inode, offset, bytes);
}

void Faults::power_was_cut() {
  const std::lock_guard lock(mutex_);
  injector_.forget_unsynced();
}

SpaceLeft Faults::space_left(std::string_view path) {
  const std::lock_guard lock(mutex_);
  return injector_.space_left(path);
}

void Faults::describe(MountStatus& status) const {
  const std::lock_guard lock(mutex_);
  status.plan = injector_.plan();
  status.fired = injector_.fired();
  for (const auto& rule : status.plan.rules) status.fired_by_rule[rule.name] = injector_.fired(rule.name);
  const SpaceLeft left = injector_.space_left("");
  status.space_left = left.bytes;
  status.inodes_left = left.inodes;
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    if (seen_[i].count > 0) status.operations[std::string(to_string(static_cast<Operation>(i)))] = seen_[i];
  }
}

}  // namespace holdfast::faultfs
