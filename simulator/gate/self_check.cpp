#include "simulator/gate/self_check.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "simulator/gate/controls.h"
#include "simulator/scenario/names.h"

namespace holdfast::gate {
namespace {

using Names = std::set<std::string>;

// What the rows say of the controls: who played which scenarios, who was rejected where.
struct Played {
  std::map<std::string, Names> by_control, rejecting;  // scenarios by control
  std::map<std::string, Names> failed_by;              // controls by scenario
  Names stress, played;                                // scenarios
};

Played look_at(const std::vector<Row>& rows) {
  Played played;
  for (const auto& row : rows) {
    if (!row.is_control()) {
      if (is_stress(row.scenario())) played.stress.insert(row.title());
      continue;
    }
    played.played.insert(row.title());
    played.by_control[row.subject()].insert(row.title());
    if (!row.rejected()) continue;
    played.rejecting[row.subject()].insert(row.title());
    played.failed_by[row.title()].insert(row.subject());
  }
  return played;
}

std::string list(const Names& names) { return fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace

SelfCheck self_check(const std::vector<Row>& rows, bool live) {
  SelfCheck check;
  Played played = look_at(rows);
  const auto fails = [&](std::string sentence) {
    check.failed = true;
    check.sentences.push_back(std::move(sentence));
  };
  for (const auto& control : controls()) {
    const std::string name(scenario::to_string(control.kind));
    const auto all = played.by_control[name].size(), rejected = played.rejecting[name].size();
    if (all == 0)
      check.sentences.push_back(
          name + " was not played: " +
          (live || control.virtual_world ? "no scenario here suits it" : "it is LIVE only"));
    else if (rejected == 0)
      fails(fmt::format("{} is rejected in none of {}: this gate cannot tell good from bad", name, all));
    else
      check.sentences.push_back(
          fmt::format("{} is rejected in {} of {}, as it must be", name, rejected, all));
  }
  for (const auto& stress : played.stress) {
    if (!played.failed_by[stress].empty())
      check.sentences.push_back(stress + " is failed by " + list(played.failed_by[stress]));
    else if (played.played.contains(stress) || live)
      fails(stress + " is failed by no control: it is no stress, or its expectations ask for nothing");
    else
      check.sentences.push_back(stress + " was played by no control: none can without LIVE");
  }
  return check;
}

}  // namespace holdfast::gate
