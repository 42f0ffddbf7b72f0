// A fault log read back: as rules that do the same again, each to one operation.
//
//   auto recorded = parse_fault_log(text);              // of a mount: its lines have "ordinal" and "effect"
//   injector.arm({rules_of(*recorded)}, now);           // before the first operation
//
// An operation is known by its path, its kind and its ordinal on that path since the mount. Damage at rest
// has no operation: it is done at once, to the file as it is then. What follows from an earlier fault by
// itself (the news of a failed sync) and what the upstream did is passed over. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kMostRecorded = 10'000;

struct RecordedFault {
  std::string line;
  Rule rule;        // whose name others may share: it is that of the rule that did it first
  std::string key;  // alike for the same fault in another run: all but its number, its time and its caller
};

// Errors name the line.
Result<std::vector<RecordedFault>> parse_fault_log(std::string_view text);

std::vector<Rule> rules_of(const std::vector<RecordedFault>& faults);
std::string lines_of(const std::vector<RecordedFault>& faults);
// How many of them are in `again`, each counted once.
std::size_t recurred(const std::vector<RecordedFault>& faults, const std::vector<RecordedFault>& again);

}  // namespace holdfast::faultfs
