// What shall become of one operation: what the injector answers, and FUSE or the memory disk does.
//
// Plain data. Delay first, then the error; without one the operation is carried out, as the rest says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/byte_effects.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/old_contents.h"
#include "faultfs/model/unsynced.h"

namespace holdfast::faultfs {

// Until healed: beyond every run, yet far enough from the end of time to be added to an instant.
inline constexpr Duration kUntilHealed = std::chrono::hours(24 * 365);

struct Decision {
  Duration delay{0};             // ends early when the plan is replaced or healed
  int error = 0;                 // 0: proceed
  std::uint64_t granted = 0;     // read, write: leading bytes that are moved (== size when all are)
  bool shortened = false;        // granted < size
  std::vector<Damage> damage{};  // of the bytes read or written
  bool heals = false;            // what the damage changes is put back when the rules change

  // write: of the granted bytes these reach the disk, where they say; unset: all do, at their place. The
  // file is as long afterwards as if they all had.
  std::optional<std::vector<Piece>> pieces{};
  int answer = 0;                 // write, fsync: errno that is told once it is carried out; 0: success
  bool keeps_old = false;         // write: what it replaces is to be told by keep_old()
  std::vector<OldBytes> stale{};  // read: what lies over the bytes that are there
  bool loses_dirty = false;       // fsync: nothing is written, and what was to be never will
  Reversal reversal{};            // fsync: ... and the file becomes what it was, by these

  int signal = 0;            // sent to the process that asks, before it is answered; 0: none
  bool disconnects = false;  // nothing is answered any more

  bool faulted() const {
    return delay.count() > 0 || error != 0 || shortened || !damage.empty() || pieces || !stale.empty() ||
           loses_dirty || answer != 0 || signal != 0;
  }
};

// "delay 5ms, error EIO"; "go on" where there is nothing to tell.
std::string describe(const Decision& decision);

}  // namespace holdfast::faultfs
