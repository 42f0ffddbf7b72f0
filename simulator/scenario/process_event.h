// What befalls the subject's process in a phase.
//
//   { "name": "crash",  "kill":       { "at": "1s", "down": "100ms" } }
//   { "name": "crash",  "kill":       { "operation": 250 } }
//   { "name": "outage", "power_cut":  { "at": "1s", "down": "2s" } }
//   { "name": "deploy", "restart":    { "at": "1s", "down": "1s", "times": 5, "every": "2s" } }
//   { "name": "freeze", "pause":      { "at": "1s", "for": "500ms" } }
//   { "name": "ntp",    "clock_jump": { "at": "1s", "back": "1h", "for": "2s" } }
//
//   for (const EventSpan& span : spans_of(event, phase.length)) ...    // when it is armed
//   for (const Turn& turn : turns_of(phase.process, phase.length)) ...  // what happens, in order
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast::scenario {

enum class ProcessAction : std::uint8_t {
  kill,        // -9; its next life begins when the span ends
  power_cut,   // the same, and the disk loses what no sync has made durable
  restart,     // asked to stop, killed if it has not stopped by the end of the span; then as above
  pause,       // not one instruction of it runs during the span
  clock_jump,  // its wall clock is wrong during the span
};

struct ProcessEvent {
  std::string name;
  ProcessAction action = ProcessAction::kill;
  Duration at{0};                                   // the first time, after the phase began
  std::optional<std::uint64_t> operation{};         // kill, power_cut: instead, before this I/O operation
  Duration lasts = std::chrono::milliseconds(100);  // JSON: down or for; max(): to the phase's end
  std::uint32_t times = 1;                          // how often; clock_jump: once
  Duration every{0};                                // from one time to the next
  Duration shift{0};                                // clock_jump: by how much, back below 0
  std::optional<std::uint32_t> tracker{};           // of a fleet: this one alone, from 1; unset: all
  // Not one instruction of the process runs from then on.
  bool kills() const { return action == ProcessAction::kill || action == ProcessAction::power_cut; }
  bool ends_life() const { return kills() || action == ProcessAction::restart; }
};

// [from, to), counted from the start of the phase. Nobody knows beforehand when an operation comes: an event
// that waits for one is armed for the whole phase.
struct EventSpan {
  Duration from{0};
  Duration to{0};
};

std::vector<EventSpan> spans_of(const ProcessEvent& event, Duration phase_length);

// An instant at which an event begins or ends.
struct Turn {
  Duration at{0};  // after the phase began
  const ProcessEvent* event = nullptr;
  EventSpan span;
  bool begins = true;
};

// All of them by time, whatever the order in the file. At one instant what ends comes before what
// begins: who is to be killed at the end of a pause runs again first.
std::vector<Turn> turns_of(const std::vector<ProcessEvent>& events, Duration phase_length);

}  // namespace holdfast::scenario
