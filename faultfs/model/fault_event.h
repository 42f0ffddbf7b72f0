// What happened, as one line of the fault log.
//
//   log.append(to_json_line(event, start));
//
// Plain data. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/byte_effects.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/operation.h"

namespace holdfast::faultfs {

// What makes an operation meet the same fault again: nothing in it is left to chance.
struct Replayable {
  Effect effect;
  std::optional<std::uint64_t> drawn = std::nullopt;  // that its places come from
};

// One line of faults.jsonl.
struct FaultEvent {
  std::uint64_t number = 0;  // 1, 2, 3, ... in order of decision
  Time time;
  std::string rule;
  std::uint32_t caller_pid = 0;
  std::string path;
  std::optional<Operation> operation;  // none: damage at rest, which no operation met
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string decision;             // "error ENOSPC", "delay 5ms", "hang", "short 4096", "corrupt zeros"
  bool order_dependent = false;     // counts across paths: outside the determinism promise of threads
  std::vector<Damage> damage{};     // of a corruption
  std::vector<ByteRange> harmed{};  // other bytes that are not what they should be
  std::optional<std::vector<Piece>> pieces{};  // of a write that did not arrive as it was sent
  std::uint64_t ordinal = 0;                   // of the operation on its path; 0: unknown
  std::optional<Replayable> replayable{};      // LIVE; none: it follows from an earlier fault

  // Every byte of the file that is not, or was not given as, what was written there.
  std::vector<ByteRange> damaged() const;
};
std::string to_json_line(const FaultEvent& event, Time start);

}  // namespace holdfast::faultfs
