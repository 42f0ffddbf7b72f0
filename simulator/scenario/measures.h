// The measures that an expectation can name, and what is known of each before any run.
//
//   const Measure* measure = find_measure("retention.durable");
//   if (measure->live_only) ...                      // not judged in VIRTUAL
//
// Definitions are in docs/architecture.md, section 7. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace holdfast::scenario {

enum class MeasureUnit : std::uint8_t {
  ratio,     // "10%" or "0.1"
  factor,    // "1.5"
  count,     // "0"
  duration,  // "20s"; its number is in seconds
};

enum class NeedsLoad : std::uint8_t { any, open, closed };

// Who can give it at all.
enum class NeedsSubject : std::uint8_t {
  any,
  in_process,  // one that the load driver calls: another program has no record()
  core,        // one with books of its own
};

struct Measure {
  std::string_view name;
  MeasureUnit unit;
  bool live_only;     // the cost of code: no truth in VIRTUAL
  bool needs_stress;  // is about W, so some fault must be armed
  NeedsLoad load;     // the kind of load that can give it
  NeedsSubject subject = NeedsSubject::any;
  bool needs_host = false;  // is about the task of the host program
};

std::span<const Measure> known_measures();
const Measure* find_measure(std::string_view name);
std::vector<std::string_view> measure_names();

}  // namespace holdfast::scenario
