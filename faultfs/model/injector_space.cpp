// The room that operations take, and what a full volume answers.
#include <fmt/format.h>

#include <cerrno>

#include "core/base/check.h"
#include "faultfs/model/effects.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {

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

}  // namespace holdfast::faultfs
