#include "simulator/gate/not_run.h"

#include <fmt/format.h>

#include "simulator/gate/reproduce.h"
#include "simulator/scenario/live_only.h"

namespace holdfast::gate {
namespace {

// "" when nothing of it is left out.
std::string why_not_run(const scenario::Scenario& scenario, bool live) {
  const bool live_only = !scenario::why_live_only(scenario).empty();
  if (live_only && !scenario.live_tier) return "LIVE only, outside the tier";
  if (live || !scenario.live_tier) return "";
  return live_only ? "LIVE only, and --no-live was asked for"
                   : "in VIRTUAL alone, since --no-live was asked for";
}

}  // namespace

std::vector<NotRun> not_run(const std::vector<scenario::Scenario>& scenarios, bool live) {
  std::vector<NotRun> all;
  for (const auto& scenario : scenarios)
    if (auto why = why_not_run(scenario, live); !why.empty()) all.push_back({scenario, std::move(why)});
  return all;
}

std::string NotRun::command(const std::vector<std::string>& overrides) const {
  return play_command(scenario, true, "", overrides);
}

std::string NotRun::sentence(const std::vector<std::string>& overrides) const {
  return fmt::format("{}: {} (run with `{}`)", scenario.title(), reason, command(overrides));
}

}  // namespace holdfast::gate
