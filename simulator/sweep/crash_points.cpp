#include "simulator/sweep/crash_points.h"

#include <fmt/format.h>

#include <string>

#include "simulator/run/virtual_run.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/resolved_json.h"

namespace holdfast::sweep {
namespace {

using scenario::ProcessAction;

constexpr Duration kDown = std::chrono::milliseconds(50);

scenario::Scenario crashed(const scenario::Scenario& base, std::size_t phase, std::uint64_t operation,
                           ProcessAction action) {
  scenario::Scenario drawn = base;
  drawn.phases[phase].process.push_back(
      {.name = "crash", .action = action, .operation = operation, .lasts = kDown});
  drawn.name += fmt::format("-{}-{}-{}", to_string(action), base.phases[phase].name, operation);
  drawn.why = fmt::format("Drawn from {}: {} before operation {} of phase {}.", base.name, to_string(action),
                          operation, base.phases[phase].name);
  drawn.file.clear();
  drawn.expect.clear();
  drawn.resolved_json = scenario::resolved_json(drawn);
  return drawn;
}

}  // namespace

CrashPointCases::CrashPointCases(const std::vector<scenario::Scenario>& bases, scenario::SeedRange seeds)
    : bases_(bases) {
  for (std::size_t base = 0; base < bases_.size(); ++base) add_points(base, seeds);
}

void CrashPointCases::add_points(std::size_t base, scenario::SeedRange seeds) {
  const auto operations = operations_in_phases(bases_[base]);
  if (!operations) return;
  for (std::size_t phase = 0; phase + 1 < bases_[base].phases.size(); ++phase)
    for (std::uint64_t operation = 1; operation <= (*operations)[phase]; ++operation)
      for (const auto action : {ProcessAction::kill, ProcessAction::power_cut}) {
        if (!scenario::why_live_only(crashed(bases_[base], phase, operation, action)).empty()) continue;
        for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed)
          points_.push_back({base, phase, operation, action, seed});
      }
}

std::optional<Trial> CrashPointCases::next() {
  if (number_ == points_.size()) return std::nullopt;
  const auto& [base, phase, operation, action, seed] = points_[number_];
  auto drawn = crashed(bases_[base], phase, operation, action);
  drawn.seed = seed;
  drawn.resolved_json = scenario::resolved_json(drawn);
  return Trial{.number = number_++, .scenario = std::move(drawn), .seed = seed};
}

Result<std::vector<std::uint64_t>> operations_in_phases(const scenario::Scenario& scenario) {
  const auto finished = run::run_virtual(scenario, scenario.seed);
  if (!finished) return fail(finished.error());
  return (*finished)->operations_in_phases;
}

}  // namespace holdfast::sweep
