// When a rule acts: on which operations, and on which of those.
//
//   Trigger when{.operations = {Operation::fsync}, .path = "spool/**", .every = 3};
//   when.concerns(call)           // all but operation, path, time, turn and chance
//   when.matches_path("spool/1")
//
// Plain data, read from JSON by fault_trigger_json.h; the turns are counted by turns.h. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/call.h"
#include "faultfs/model/operation.h"
#include "faultfs/model/path_pattern.h"

namespace holdfast::faultfs {

inline constexpr std::uint64_t kCertain = 1'000'000'000;  // probabilities are parts per billion

// True when the '/'-separated relative path matches the glob ("spool/**", "*.seg", "**"). A star or
// question mark stays within a name; ** is any number of whole names, none included, so "spool/**"
// is spool and everything below it.
bool glob_matches(std::string_view glob, std::string_view path);

// How the file must have been opened: (flags & mask) == value.
struct OpenFlags {
  int mask = 0;
  int value = 0;
};

// Of the request: it touches a byte of [from, to) in the file.
struct OffsetRange {
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
};
struct SizeRange {
  std::uint64_t at_least = 0;
  std::uint64_t at_most = UINT64_MAX;
};

// Who asks, as the kernel names him; all that is given must be so. LIVE only.
struct CallerTrigger {
  std::optional<std::uint32_t> pid = std::nullopt;  // of the process, whichever thread asks
  std::optional<std::uint32_t> uid = std::nullopt;
  std::optional<std::string> comm = std::nullopt;  // the program's name as ps shows it
};

// Only once the rule of this name has fired so often since arming.
struct After {
  std::string rule;
  std::uint64_t times = 1;
};

// Over what `nth`, `every`, `limit` and `cooldown` count.
enum class Counting : std::uint8_t { rule, path };

struct Trigger {
  std::vector<Operation> operations = {};  // empty: every operation the effect can act on
  std::string path = "**";                 // glob relative to the mount: * within a name, ** across names
  std::uint64_t probability = kCertain;    // parts per billion
  Duration from{0};                        // window, counted from arming
  Duration to = Duration::max();

  // Of the operations that match all of the above but the probability, counted from arming on; 0 where it
  // is not given.
  std::uint64_t nth = 0;    // only this one; the first is 1
  std::uint64_t every = 0;  // every so many: the every-th, the 2 * every-th, ...
  std::uint64_t limit = 0;  // fires at most so often
  Duration cooldown{0};     // after it fired, not again for so long
  Counting per = Counting::rule;

  std::optional<PathPattern> path_regex = std::nullopt;  // besides the glob
  std::optional<OpenFlags> flags = std::nullopt;
  std::optional<OffsetRange> offset = std::nullopt;
  std::optional<SizeRange> size = std::nullopt;
  std::optional<CallerTrigger> caller = std::nullopt;
  std::optional<After> after = std::nullopt;
  std::uint64_t ordinal = 0;  // only this one, as its call tells; 0: any. Of a replayed fault

  bool counts() const { return nth > 0 || every > 0 || limit > 0 || cooldown.count() > 0; }
  // It lets operations pass that its operation, path, window and probability would hit.
  bool is_choosy() const { return counts() || path_regex || flags || offset || size || caller || after; }
  // It needs to be told the process and the program's name.
  bool asks_who() const { return caller && (caller->pid || caller->comm); }

  bool matches_path(std::string_view candidate) const {
    return glob_matches(path, candidate) && (!path_regex || path_regex->matches(candidate));
  }
  // Open flags, place, size and caller.
  bool concerns(const Call& call) const;
};

}  // namespace holdfast::faultfs
