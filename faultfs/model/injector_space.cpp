// The room that operations take, and what a full volume, a full part of it and a used-up quota answer.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/base/check.h"
#include "faultfs/model/effects.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

bool takes_blocks(Operation operation) {
  return operation == Operation::write || operation == Operation::fallocate;
}

SpaceBudget::LimitSet only(std::size_t number) { return SpaceBudget::LimitSet{1} << number; }

SpaceBudget::Limit limit_by(const FullEffect& full) {
  SpaceBudget::Limit limit{.inodes = full.left_inodes};
  if (full.left_bytes) limit.blocks = *full.left_bytes / SpaceBudget::kBlock;
  return limit;
}

// The smaller one, where either limits.
void keep_smaller(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> other) {
  if (other) least = std::min(least.value_or(*other), *other);
}

}  // namespace

// What proceeds takes its room.
void Injector::account(const Call& call, Decision& decision) {
  if (decision.error != 0) {
    decision.granted = 0;
    decision.shortened = false;
  } else if (call.operation == Operation::write) {
    put(call);
    decision.granted = space_.write(call.inode, call.offset, decision.granted);
    undo_.overwritten(call.inode, call.offset, decision.granted);
  } else if (call.operation == Operation::fallocate) {
    put(call);
    const bool fits = space_.allocate(call.inode, call.offset, call.size);
    HOLDFAST_CHECK(fits, "an allocation that proceeds was found to fit");
  }
}

// Each rule whose window is open limits its part, counted from the moment it opened.
void Injector::open_and_close_full_windows(Time now) {
  for (std::size_t number = 0; number < full_rules_.size(); ++number) {
    const Rule& rule = plan_.rules[full_rules_[number]];
    const bool open = in_window(rule.when, now);
    if (open == full_open_[number]) continue;
    full_open_[number] = open;
    space_.set_limit(number, open ? limit_by(*rule.effect.full) : SpaceBudget::Limit{});
  }
}

SpaceBudget::LimitSet Injector::limits_of(std::string_view path, std::uint32_t owner) const {
  SpaceBudget::LimitSet within = 0;
  for (std::size_t number = 0; number < full_rules_.size(); ++number) {
    const Rule& rule = plan_.rules[full_rules_[number]];
    const auto& uid = rule.effect.full->owner;
    if (rule.when.matches_path(path) && (!uid || *uid == owner)) within |= only(number);
  }
  return within;
}

// A file is within the limits of where it was first seen.
void Injector::put(const Call& call) {
  if (!full_rules_.empty() && call.inode != 0) space_.put(call.inode, limits_of(call.path, call.owner));
}

void Injector::adopt(std::uint64_t inode, std::uint64_t size, std::string_view path, std::uint32_t owner) {
  space_.adopt(inode, size);
  if (!full_rules_.empty()) space_.put(inode, limits_of(path, owner));
}

void Injector::make_inode(std::string_view path, std::uint32_t owner) {
  space_.make_inode(limits_of(path, owner));
}

void Injector::truncate(std::uint64_t inode, std::string_view path, std::uint64_t size) {
  if (!full_rules_.empty()) space_.put(inode, limits_of(path, 0));
  space_.truncate(inode, size);
  undo_.cut(inode, size);
}

void Injector::reverted(std::uint64_t inode, std::string_view path, const Reversal& reversal) {
  if (!full_rules_.empty()) space_.put(inode, limits_of(path, 0));
  for (const OldBytes& old : reversal.writes) space_.occupy(inode, old.offset, old.bytes.size());
  space_.truncate(inode, *reversal.size);
  undo_.cut(inode, *reversal.size);
}

void Injector::brought_back(std::uint64_t inode, std::uint64_t size, std::string_view path,
                            std::uint32_t owner) {
  make_inode(path, owner);
  if (!full_rules_.empty()) space_.put(inode, limits_of(path, owner));
  space_.occupy(inode, 0, size);
}

void Injector::remove(std::uint64_t inode, std::string_view path, std::uint32_t owner) {
  if (!full_rules_.empty()) space_.put(inode, limits_of(path, owner));
  space_.remove(inode);
  old_.forget(inode);
  unsynced_.forget(inode);
  undo_.forget(inode);
  sync_errors_.forget(inode);
}

SpaceLeft Injector::space_left(std::string_view path) const {
  SpaceLeft least;
  for (std::size_t number = 0; number < full_rules_.size(); ++number) {
    const Rule& rule = plan_.rules[full_rules_[number]];
    if (rule.effect.full->owner || !rule.when.matches_path(path)) continue;
    const auto& [blocks, inodes] = space_.limit_of(number);
    keep_smaller(least.bytes,
                 blocks.transform([](std::uint64_t left) { return left * SpaceBudget::kBlock; }));
    keep_smaller(least.inodes, inodes);
  }
  return least;
}

// Whether the rule's part has anything to do with the call: the file's own, or where a name is made.
bool Injector::fills(std::size_t number, const Call& call) const {
  if (takes_blocks(call.operation)) return (space_.limits_of(call.inode) & only(number)) != 0;
  const std::string_view made = call.operation == Operation::rename ? call.target : call.path;
  return (limits_of(made, call.caller_uid) & only(number)) != 0;
}

bool Injector::apply_full(const Rule& rule, const Call& call, Decision& decision, Time now) {
  if (takes_blocks(call.operation)) put(call);
  const std::size_t number = progress_of(rule).limit;
  if (!fills(number, call)) return false;
  const SpaceBudget::Limit& limit = space_.limit_of(number);
  const bool is_write = call.operation == Operation::write;
  const std::uint64_t asked = is_write ? decision.granted : call.size;
  const std::uint64_t fits = space_.fitting(limit, call.inode, call.offset, asked);
  const bool no_room =
      (is_write && fits == 0 && asked > 0) || (call.operation == Operation::fallocate && fits < asked) ||
      (makes_name(call) && limit.blocks == 0U) || (makes_inode(call.operation) && limit.inodes == 0U);
  if (no_room) {
    decision.error = rule.effect.full->owner ? EDQUOT : ENOSPC;
    report(rule, call, "error " + errno_name(decision.error), now, error_again(call, decision.error));
  } else if (is_write && fits < asked) {
    decision.granted = fits;
    decision.shortened = true;
    report(rule, call, fmt::format("short {}", fits), now, Effect{.shortens = ShortEffect{.bytes = fits}});
  }
  return no_room || fits < asked;
}

}  // namespace holdfast::faultfs
