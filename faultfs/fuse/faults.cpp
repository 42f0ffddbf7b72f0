#include "faultfs/fuse/faults.h"

#include "faultfs/fuse/caller.h"
#include "faultfs/fuse/files_at_rest.h"
#include "faultfs/fuse/monotonic.h"
#include "faultfs/model/effects.h"

namespace holdfast::faultfs {

Faults::Faults(std::uint64_t seed, LineLog& log)
    : injector_(seed, [&log](const FaultEvent& event) { log.append(to_json_line(event, Time{})); }) {}

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
  asking_who_ = met_by(plan, [](const Rule& rule) { return rule.when.asks_who(); });
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
      for (const Damage& hit : damage) file.damage(hit);
    });
  }
  const Time next = injector_.next_at_rest();
  return next == kNever ? std::nullopt : std::optional(next);
}

// Who calls is found out before the lock is taken.
Judgement Faults::judge(const Call& call) {
  const auto asking = OperationSet::of_bits(asking_who_.load(std::memory_order_relaxed));
  if (!asking.contains(call.operation)) return judge_known(call);
  const Caller caller = caller_of(call.caller_pid);
  Call known = call;
  known.caller_process = caller.process;
  known.caller_comm = caller.comm;
  return judge_known(known);
}

Judgement Faults::judge_known(const Call& call) {
  const std::lock_guard lock(mutex_);
  ++seen_[static_cast<std::size_t>(call.operation)];
  const Time now = injector_.armed() ? monotonic_now() : Time{};
  return {injector_.decide(call, now), arming_.load()};
}

bool Faults::watches(OperationSet operations, std::string_view path) const {
  const std::lock_guard lock(mutex_);
  return injector_.watches(operations, path);
}

void Faults::made_inode() {
  const std::lock_guard lock(mutex_);
  injector_.space().make_inode();
}

void Faults::adopt(std::uint64_t inode, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  injector_.space().adopt(inode, size);
}

void Faults::truncated(std::uint64_t inode, std::uint64_t old_size, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  injector_.space().adopt(inode, old_size);
  injector_.space().truncate(inode, size);
}

void Faults::removed(std::uint64_t inode) {
  const std::lock_guard lock(mutex_);
  injector_.remove(inode);
}

void Faults::keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  injector_.keep_old(inode, offset, bytes);
}

std::optional<std::uint64_t> Faults::space_left() {
  const std::lock_guard lock(mutex_);
  if (!injector_.space().limited()) return std::nullopt;
  return injector_.space().left_bytes();
}

std::optional<std::uint64_t> Faults::inodes_left() {
  const std::lock_guard lock(mutex_);
  return injector_.space().left_inodes();
}

void Faults::describe(MountStatus& status) const {
  const std::lock_guard lock(mutex_);
  status.plan = injector_.plan();
  status.fired = injector_.fired();
  for (const auto& rule : status.plan.rules) status.fired_by_rule[rule.name] = injector_.fired(rule.name);
  if (injector_.space().limited()) status.space_left = injector_.space().left_bytes();
  status.inodes_left = injector_.space().left_inodes();
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    if (seen_[i] > 0) status.operations[std::string(to_string(static_cast<Operation>(i)))] = seen_[i];
  }
}

}  // namespace holdfast::faultfs
