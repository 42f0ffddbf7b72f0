// What the disk can do.
#include <array>
#include <cerrno>
#include <string>

#include "simulator/sweep/draft.h"
#include "simulator/sweep/told_errors.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;
using faultfs::Effect;
using faultfs::Operation;

std::string path(Draft& draft, Dice& dice) {
  const bool usage = !draft.scenario.subject.options.usage.directory.empty();
  static constexpr std::array kSpool = {"**", "spool/**", "spool/*", "backup/**", "emergency/**"};
  static constexpr std::array kAll = {"**", "spool/**", "usage/**", "usage-backup/**", "backup/**"};
  return usage ? dice.pick(kAll) : dice.pick(kSpool);
}

// Every operation now and then, one of many, the first few, or all of them.
void choose_turns(faultfs::Trigger& when, Dice& dice) {
  switch (dice.between(0, 5)) {
    case 0: when.nth = dice.spread(1, 500); break;
    case 1: when.every = dice.spread(2, 200); break;
    case 2: when.limit = dice.spread(1, 50); break;
    case 3: break;
    default: when.probability = dice.spread(1, 1000) * (faultfs::kCertain / 1000); break;
  }
}

faultfs::Rule& add(Draft& draft, Dice& dice, std::string name, Effect effect) {
  faultfs::Rule rule{.name = std::move(name), .when = {}, .effect = std::move(effect)};
  const auto window = draft.window(dice);
  rule.when.from = window.from;
  rule.when.to = window.to;
  rule.when.path = path(draft, dice);
  draft.phase.disk.rules.push_back(std::move(rule));
  return draft.phase.disk.rules.back();
}

void add_some(Draft& draft, Dice& dice, std::string name, Effect effect) {
  choose_turns(add(draft, dice, std::move(name), std::move(effect)).when, dice);
}

// Bytes are lost or changed: only those of the spool, whose records are then excused one by one.
void add_damage(Draft& draft, Dice& dice, std::string name, Effect effect) {
  auto& rule = add(draft, dice, std::move(name), std::move(effect));
  if (!rule.effect.at_rest()) choose_turns(rule.when, dice);
  rule.when.path = "spool/**";
  draft.loses_bytes = true;
}

// Each of another operation, so that none ends what the next could meet.
void add_errors(Draft& draft, Dice& dice) {
  const auto operations = disk_operations();
  const std::uint64_t times = dice.between(1, 3);
  const std::uint64_t first = dice.between(0, operations.size() - 1);
  for (std::uint64_t i = 1; i <= times; ++i) {
    const Operation operation = operations[(first + 7 * i) % operations.size()];
    const int error = dice.pick(told_errors(operation));
    auto& rule = add(draft, dice, "error " + std::to_string(i), {.error = faultfs::ErrorEffect{error}});
    rule.when.operations = {operation};
    choose_turns(rule.when, dice);
  }
}

void add_corrupt(Draft& draft, Dice& dice, const char* name, faultfs::CorruptWhen when) {
  faultfs::CorruptEffect effect{.when = when, .kind = static_cast<faultfs::CorruptKind>(dice.between(0, 2))};
  effect.count = static_cast<std::uint32_t>(dice.spread(1, 8));
  if (effect.kind != faultfs::CorruptKind::bit_flips) effect.bytes = dice.spread(1, 4096);
  add_damage(draft, dice, name, {.corrupt = effect});
  if (when != faultfs::CorruptWhen::rest) return;
  auto& rule = draft.phase.disk.rules.back();
  rule.when.to = Duration::max();
  rule.when.from =
      std::chrono::milliseconds(dice.between(1, static_cast<std::uint64_t>(draft.phase.length / 2ms)));
}

void add_torn(Draft& draft, Dice& dice) {
  faultfs::TornEffect effect{.keep = static_cast<faultfs::TornKeep>(dice.between(0, 1))};
  if (dice.one_in(2)) effect.answer = EIO;
  add_damage(draft, dice, "torn write", {.torn = effect});
}

void add_latency(Draft& draft, Dice& dice) {
  const Duration longest = dice.milliseconds(1ms, 500ms);
  faultfs::LatencyEffect effect{longest};
  if (dice.one_in(2)) effect = {faultfs::UniformLatency{Duration{0}, longest}};
  auto& rule = add(draft, dice, "slow disk", {.latency = effect});
  if (dice.one_in(2)) rule.when.operations = {dice.pick(disk_operations())};
  choose_turns(rule.when, dice);
}

void add_hang(Draft& draft, Dice& dice) {
  faultfs::HangEffect effect;
  if (dice.one_in(2)) effect.length = dice.milliseconds(10ms, 5s);
  auto& rule = add(draft, dice, "hangs", {.hang = effect});
  if (dice.one_in(2)) rule.when.operations = {dice.pick(disk_operations())};
  choose_turns(rule.when, dice);
}

void add_throttle(Draft& draft, Dice& dice) {
  faultfs::ThrottleEffect caps;
  if (dice.one_in(2)) caps.iops = dice.spread(5, 2000);
  if (caps.iops == 0) caps.bandwidth = dice.spread(4096, 4 * kMiB);
  add(draft, dice, "throttled disk", {.throttle = caps});
}

void add_full(Draft& draft, Dice& dice) {
  add(draft, dice, "full", {.full = faultfs::FullEffect{.left_bytes = dice.spread(1, kMiB)}});
}

// Blocks are allocated when they are written back, so it is the sync that finds no room.
void add_late_full(Draft& draft, Dice& dice) {
  faultfs::Rule& rule =
      add(draft, dice, "full at sync", {.error = faultfs::ErrorEffect{dice.one_in(2) ? ENOSPC : EDQUOT}});
  rule.when.operations = {Operation::fsync};
  choose_turns(rule.when, dice);
}

void add_inodes(Draft& draft, Dice& dice) {
  add(draft, dice, "no inodes", {.full = faultfs::FullEffect{.left_inodes = dice.spread(1, 20) - 1}});
}

// Not ext4_data: its first failure is told as a success, and what a disk swears to nobody can doubt.
void add_sync_failure(Draft& draft, Dice& dice) {
  static constexpr std::array kTold = {faultfs::SyncProfile::ext4_ordered, faultfs::SyncProfile::xfs,
                                       faultfs::SyncProfile::btrfs};
  const auto profile = dice.pick(kTold);
  add_some(draft, dice, "sync fails", {.sync_failure = faultfs::SyncFailureEffect{profile}});
}

void add_short(Draft& draft, Dice& dice) {
  faultfs::ShortEffect effect;
  effect.fraction = dice.between(1, 999) * (faultfs::kCertain / 1000);
  add_some(draft, dice, "short", {.shortens = effect});
}

void add_permission(Draft& draft, Dice& dice) {
  add(draft, dice, "permission", {.permission = faultfs::PermissionEffect{dice.one_in(2) ? EACCES : EPERM}});
}

constexpr Kind kDisk[] = {
    {"full", add_full},
    {"inodes", add_inodes},
    {"full at sync", add_late_full},
    {"read-only",
     [](Draft& draft, Dice& dice) {
       add(draft, dice, "read-only", {.read_only = faultfs::ReadOnlyEffect{}});
     }},
    {"permission", add_permission},
    {"short", add_short},
    {"sync failure", add_sync_failure},
    {"latency", add_latency},
    {"hang", add_hang},
    {"throttle", add_throttle},
    {"torn", add_torn},
    {"lost", [](Draft& draft,
                Dice& dice) { add_damage(draft, dice, "lost write", {.lost = faultfs::LostEffect{}}); }},
    {"misdirected",
     [](Draft& draft, Dice& dice) {
       add_damage(draft, dice, "misdirected write", {.misdirected = faultfs::MisdirectedEffect{}});
     }},
    {"stale", [](Draft& draft,
                 Dice& dice) { add_damage(draft, dice, "stale read", {.stale = faultfs::StaleEffect{}}); }},
    {"corrupt read",
     [](Draft& draft, Dice& dice) { add_corrupt(draft, dice, "corrupt read", faultfs::CorruptWhen::read); }},
    {"corrupt write",
     [](Draft& draft, Dice& dice) {
       add_corrupt(draft, dice, "corrupt write", faultfs::CorruptWhen::write);
     }},
    {"corrupt at rest",
     [](Draft& draft, Dice& dice) { add_corrupt(draft, dice, "rots", faultfs::CorruptWhen::rest); }},
    {"errors", add_errors},  // last: an error ends what later rules could meet
};

}  // namespace

std::span<const Kind> disk_kinds() { return kDisk; }

}  // namespace holdfast::sweep
