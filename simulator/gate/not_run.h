// What a gate does not play, and why: nothing is left out in silence.
//
//   for (const NotRun& one : not_run(scenarios, live)) print(one.sentence(overrides));
//
// A scenario that only LIVE can play is played when it is in the LIVE tier; without LIVE the whole tier
// stays away, though most of it is played in VIRTUAL. Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/scenario/scenario.h"

namespace holdfast::gate {

struct NotRun {
  scenario::Scenario scenario;
  std::string reason;  // "LIVE only, outside the tier"

  // How to play it nevertheless.
  std::string command(const std::vector<std::string>& overrides) const;
  // "disk/full: LIVE only, outside the tier (run with `...`)"
  std::string sentence(const std::vector<std::string>& overrides) const;
};

// `live`: whether this gate plays its LIVE tier.
std::vector<NotRun> not_run(const std::vector<scenario::Scenario>& scenarios, bool live);

}  // namespace holdfast::gate
