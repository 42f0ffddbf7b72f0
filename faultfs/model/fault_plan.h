// A fault plan: ordered, named rules, each a trigger (when) and an effect (what).
//
// Latencies add up until the first terminating effect (an error), which wins. A plan is plain data:
// parsed from JSON by fault_plan_json.h, judged by injector.h, acted on by FUSE or the virtual disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/operation.h"

namespace holdfast::faultfs {

inline constexpr std::uint64_t kCertain = 1'000'000'000;  // probabilities are parts per billion

struct Trigger {
  std::vector<Operation> operations = {};  // empty: every operation the effect can act on
  std::string path = "**";                 // glob relative to the mount: * within a name, ** across names
  std::uint64_t probability = kCertain;    // parts per billion
  Duration from{0};                        // window, counted from arming
  Duration to = Duration::max();
};

// Every write, allocation or creation beyond `left` bytes answers ENOSPC; statfs agrees; unlink and
// truncate give space back. Counted in 4 KiB blocks from the moment of arming.
struct FullEffect {
  std::uint64_t left_bytes = 0;
};
struct ErrorEffect {
  int error = 0;  // errno, 1..999, never ENOSYS
};
struct LatencyEffect {
  Duration delay{0};
};

// Exactly one is set.
struct Effect {
  std::optional<FullEffect> full = std::nullopt;
  std::optional<ErrorEffect> error = std::nullopt;
  std::optional<LatencyEffect> latency = std::nullopt;
};

struct Rule {
  std::string name;
  Trigger when;
  Effect effect;
};

struct FaultPlan {
  std::vector<Rule> rules;
};

// True when the '/'-separated relative path matches the glob ("spool/**", "*.seg", "**"). A star or
// question mark stays within a name; ** is any number of whole names, none included, so "spool/**"
// is spool and everything below it.
bool glob_matches(std::string_view glob, std::string_view path);

// The errno for "ENOSPC", "EIO", ...; nullopt for unknown names and for those never injected.
std::optional<int> errno_from(std::string_view name);
std::string errno_name(int error);

}  // namespace holdfast::faultfs
