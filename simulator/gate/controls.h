// The control subjects: naive trackers that a gate must reject, else it cannot tell good from bad.
//
//   for (const Control& control : controls())
//     if (can_play(control, scenario, live)) ...
//
// Adding one is a line in the table. Pure.
#pragma once

#include <span>
#include <string_view>

#include "simulator/scenario/scenario.h"

namespace holdfast::gate {

struct Control {
  scenario::SubjectKind kind;
  bool virtual_world;     // whether it runs on fibers, too
  bool open_loads;        // whether it can fall behind a schedule, or knows closed loops only
  std::string_view live;  // LIVE, where real time is dear: the directory whose scenarios it plays
};

std::span<const Control> controls();

// Every other subject, the core or a program of somebody else, is there to pass.
bool is_control(scenario::SubjectKind kind);

bool can_play(const Control& control, const scenario::Scenario& scenario, bool live);

// The scenarios of the directory stress/, each of which some control must fail.
bool is_stress(const scenario::Scenario& scenario);

// The same scenario with a control in the core's place.
scenario::Scenario with_control(const scenario::Scenario& scenario, const Control& control);

}  // namespace holdfast::gate
