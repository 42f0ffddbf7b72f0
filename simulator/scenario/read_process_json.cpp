#include "simulator/scenario/read_process_json.h"

#include <algorithm>

#include "core/base/nearest.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/read_names_json.h"
#include "simulator/scenario/scenario_keys.h"

namespace holdfast::scenario {
namespace {

using config::ObjectReader;
using namespace std::chrono_literals;

constexpr std::uint64_t kMostTimes = 250;  // of one event
constexpr Duration kDownAfterKill = 100ms;
constexpr Duration kDownAfterRestart = 1s;  // the stop included
constexpr Duration kLongestEvent = 1h;
constexpr std::uint64_t kLastOperation = 1'000'000'000;

void read_repeats(ObjectReader& reader, ProcessEvent& event) {
  std::uint64_t times = 1;
  reader.count("times", times, {1, kMostTimes});
  event.times = static_cast<std::uint32_t>(times);
  reader.duration("every", event.every, {1ms, kLongestEvent});
  const bool every = reader.find("every") != nullptr;
  if (times > 1 && !every)
    reader.problem_here("the key \"every\" is missing: how long from one of the \"times\" to the next");
  if (times == 1 && every) reader.problem("every", "it happens once; say how many \"times\"");
}

// Either `at`, and perhaps again, or before an operation, once.
void read_instant(ObjectReader& reader, ProcessEvent& event) {
  if (!event.kills() || reader.find("operation") == nullptr) {
    reader.require("at");
    reader.duration("at", event.at, {0s, 24h});
    return;
  }
  std::uint64_t operation = 0;
  if (reader.count("operation", operation, {1, kLastOperation})) event.operation = operation;
  for (std::string_view key : {"at", "times", "every"})
    if (reader.find(key) != nullptr)
      reader.problem(key, "the event waits for an operation, which comes once; leave one of the two out");
}

void read_end_of_life(ObjectReader& reader, ProcessEvent& event) {
  event.lasts = event.kills() ? kDownAfterKill : kDownAfterRestart;
  reader.duration("down", event.lasts, {1ms, kLongestEvent});
  read_repeats(reader, event);
}

void read_pause(ObjectReader& reader, ProcessEvent& event) {
  reader.require("for");
  reader.duration("for", event.lasts, {1ms, kLongestEvent});
  read_repeats(reader, event);
}

void read_clock_jump(ObjectReader& reader, ProcessEvent& event) {
  constexpr Duration kFurthest = 24h * 365 * 10;
  event.lasts = Duration::max();
  reader.duration("for", event.lasts, {1ms, kLongestEvent});
  Duration forward{0}, back{0};
  reader.duration("forward", forward, {1ms, kFurthest});
  reader.duration("back", back, {1ms, kFurthest});
  const bool both = reader.find("forward") != nullptr && reader.find("back") != nullptr;
  const bool none = reader.find("forward") == nullptr && reader.find("back") == nullptr;
  if (both || none) reader.problem_here("a clock jumps either \"forward\" or \"back\"; write one of them");
  event.shift = forward - back;
}

void read_action(ObjectReader reader, ProcessEvent& event) {
  reader.allow(keys_of("/phases/*/process/*/" + std::string(to_string(event.action))));
  read_instant(reader, event);
  if (std::uint64_t tracker = 0; reader.count("tracker", tracker, {1, kLargestFleet}))
    event.tracker = static_cast<std::uint32_t>(tracker);
  switch (event.action) {
    case ProcessAction::kill:
    case ProcessAction::power_cut:
    case ProcessAction::restart: return read_end_of_life(reader, event);
    case ProcessAction::pause: return read_pause(reader, event);
    case ProcessAction::clock_jump: return read_clock_jump(reader, event);
  }
}

}  // namespace

ProcessEvent read_process_event(ObjectReader reader) {
  ProcessEvent event;
  reader.allow(keys_of("/phases/*/process/*"));
  read_rule_name(reader, event.name);
  std::size_t given = 0;
  for (std::size_t i = 0; i < std::size(kProcessActionNames); ++i) {
    if (reader.find(kProcessActionNames[i]) == nullptr) continue;
    event.action = static_cast<ProcessAction>(i);
    if (auto action = reader.object(kProcessActionNames[i])) read_action(*action, event);
    ++given;
  }
  if (given != 1)
    reader.problem_here("a process event is exactly one of " + quoted_list(kProcessActionNames) +
                        "; write one event for each");
  return event;
}

}  // namespace holdfast::scenario
