// A fault plan: ordered, named rules, each a trigger (when) and an effect (what).
//
// Latencies add up until the first terminating effect (an error), which wins. A plan is plain data:
// parsed from JSON by fault_plan_json.h, judged by injector.h, acted on by FUSE or the virtual disk.
// What each effect does, and when it happens in production, is in docs/fault-model.md.
#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/byte_effects.h"
#include "faultfs/model/errnos.h"
#include "faultfs/model/latency.h"
#include "faultfs/model/throttle.h"
#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {

// Every write, allocation or creation beyond `left` bytes answers ENOSPC; statfs agrees; unlink and
// truncate give space back. Counted in 4 KiB blocks from the moment of arming. Inodes likewise: one
// for each file, directory or link that is made. At least one of the two is set. With an owner it is a
// quota: of this user's files alone, answered EDQUOT, and unknown to statfs.
struct FullEffect {
  std::optional<std::uint64_t> left_bytes = std::nullopt;
  std::optional<std::uint64_t> left_inodes = std::nullopt;
  std::optional<std::uint32_t> owner = std::nullopt;
};
struct ErrorEffect {
  int error = 0;         // errno, 1..999, never ENOSYS
  bool unusual = false;  // also of operations that do not answer it on Linux
};
// The operation is answered when the rule heals: at the end of its window or of its arming; or after so long.
struct HangEffect {
  std::optional<Duration> length = std::nullopt;
  int then = 0;  // errno that is answered in the end; 0: the operation is carried out
};
inline constexpr Duration kLongestHang = std::chrono::hours(24);

// What a program meets after chmod or chown: EACCES or EPERM where the kernel would look at the
// permissions, so not for what goes through an open descriptor.
struct PermissionEffect {
  int error = 0;
};
// EROFS for everything that modifies, open descriptors included.
struct ReadOnlyEffect {};

// The path now names the other kind: a directory where a file was, or a file where a directory was.
enum class Kind : std::uint8_t { file, directory };
inline constexpr std::array<std::string_view, 2> kKindNames = {"file", "directory"};
struct ReplacedEffect {
  Kind by = Kind::directory;
};

enum class CorruptKind : std::uint8_t { bit_flips, zeros, random };
inline constexpr std::array<std::string_view, 3> kCorruptKinds = {"bit_flips", "zeros", "random"};
enum class CorruptWhen : std::uint8_t { read, write, rest };
inline constexpr std::array<std::string_view, 3> kCorruptMoments = {"read", "write", "rest"};

// Bytes change on their way to the program (read), on their way to the disk (write), or where they lie
// (rest: in each matching file that exists when the rule's window opens). Nobody is told.
struct CorruptEffect {
  CorruptWhen when = CorruptWhen::rest;
  CorruptKind kind = CorruptKind::bit_flips;
  std::uint32_t count = 1;    // bits or ranges, in each operation or file that is hit
  std::uint64_t bytes = 512;  // length of a range
  bool restore = false;       // write, rest: undone where nobody wrote since, when the rules change
};

// What a file system makes of dirty bytes that a sync could not write, and whom it tells when.
enum class SyncProfile : std::uint8_t { ext4_ordered, ext4_data, xfs, btrfs };
inline constexpr std::array<std::string_view, 4> kSyncProfiles = {"ext4_ordered", "ext4_data", "xfs",
                                                                  "btrfs"};
struct SyncFailureEffect {
  SyncProfile profile = SyncProfile::ext4_ordered;
};

// Who asks gets a signal, and what it asked for is carried out. LIVE only.
struct KillEffect {
  int signal = SIGKILL;
};
struct SignalName {
  std::string_view name;
  int number;
};
inline constexpr std::array<SignalName, 9> kSignals = {{{"SIGKILL", SIGKILL},
                                                        {"SIGTERM", SIGTERM},
                                                        {"SIGINT", SIGINT},
                                                        {"SIGHUP", SIGHUP},
                                                        {"SIGQUIT", SIGQUIT},
                                                        {"SIGABRT", SIGABRT},
                                                        {"SIGSEGV", SIGSEGV},
                                                        {"SIGBUS", SIGBUS},
                                                        {"SIGSTOP", SIGSTOP}}};
// From this operation on the mount answers ENOTCONN, as that of a file system daemon that crashed. LIVE only.
struct DisconnectEffect {};

// Exactly one is set.
struct Effect {
  std::optional<FullEffect> full = std::nullopt;
  std::optional<ErrorEffect> error = std::nullopt;
  std::optional<LatencyEffect> latency = std::nullopt;
  std::optional<ThrottleEffect> throttle = std::nullopt;
  std::optional<HangEffect> hang = std::nullopt;
  std::optional<PermissionEffect> permission = std::nullopt;
  std::optional<ReadOnlyEffect> read_only = std::nullopt;
  std::optional<ReplacedEffect> replaced = std::nullopt;
  std::optional<CorruptEffect> corrupt = std::nullopt;
  std::optional<ShortEffect> shortens = std::nullopt;
  std::optional<TornEffect> torn = std::nullopt;
  std::optional<LostEffect> lost = std::nullopt;
  std::optional<MisdirectedEffect> misdirected = std::nullopt;
  std::optional<StaleEffect> stale = std::nullopt;
  std::optional<SyncFailureEffect> sync_failure = std::nullopt;
  std::optional<KillEffect> kill_caller = std::nullopt;
  std::optional<DisconnectEffect> disconnect = std::nullopt;

  // Of a write: not all of it arrives where it was meant to.
  bool diverts() const { return torn || lost || misdirected; }
  // What it does is known only once it is known which bytes are moved.
  bool acts_on_bytes() const { return corrupt || stale || diverts(); }
  // It must be told how long the file is.
  bool needs_file_size() const {
    return corrupt || shortens || stale || misdirected || reverts() || (throttle && throttle->bandwidth > 0);
  }
  // A failed sync brings back what the file held before.
  bool reverts() const { return sync_failure && sync_failure->profile == SyncProfile::btrfs; }
  // It must be told what a write replaces.
  bool keeps_old() const { return stale || reverts(); }
  // It draws something of its own, besides the chance.
  bool draws() const { return corrupt || torn || misdirected || (latency && latency->is_drawn()); }
  // It ends the operation with an errno, or is no matter of single operations.
  bool answers() const {
    return error || permission || read_only || replaced || full || at_rest() || sync_failure ||
           (hang && hang->then != 0) || disconnect;
  }
  // It adds to what the operation meets and does not answer it.
  bool lets_operation_go_on() const { return latency || throttle || hang || corrupt || full || kill_caller; }
  bool is_quota() const { return full && full->owner; }
  // It has a moment instead of an operation.
  bool at_rest() const { return corrupt && corrupt->when == CorruptWhen::rest; }
};

// Of a rule that does again what a fault log tells: see recorded_faults_json.h.
struct Recorded {
  std::string decision;                               // as the log had it
  bool order_dependent = false;                       // likewise
  std::optional<std::uint64_t> drawn = std::nullopt;  // in place of what the seed gives
};

struct Rule {
  std::string name;
  Trigger when;
  Effect effect;
  std::optional<bool> continues = std::nullopt;  // "continue"; unset: as its effect has it

  std::optional<Recorded> recorded = std::nullopt;

  // Rules after one that acts are asked too.
  bool lets_later_rules_act() const { return continues.value_or(effect.lets_operation_go_on()); }

  // It needs to be told the process that asks.
  bool asks_who() const { return when.asks_who() || effect.kill_caller; }

  // What it does depends on the order in which operations arrive, so for a program of many threads it
  // lies outside the promise of determinism.
  bool order_dependent() const {
    if (recorded) return recorded->order_dependent;
    const bool counts_across_paths = when.counts() && when.per == Counting::rule;
    return effect.full || effect.throttle || counts_across_paths || when.cooldown.count() > 0 || when.after;
  }
};

struct FaultPlan {
  std::vector<Rule> rules;
};

}  // namespace holdfast::faultfs
