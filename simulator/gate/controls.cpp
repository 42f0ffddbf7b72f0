#include "simulator/gate/controls.h"

#include <algorithm>

#include "simulator/scenario/live_only.h"
#include "simulator/scenario/resolved_json.h"

namespace holdfast::gate {
namespace {

using scenario::SubjectKind;

constexpr Control kControls[] = {
    {.kind = SubjectKind::naive_seed, .virtual_world = true, .open_loads = false, .live = "stress/"},
    {.kind = SubjectKind::naive_sync, .virtual_world = false, .open_loads = true, .live = "combined/"},
    {.kind = SubjectKind::naive_retry, .virtual_world = false, .open_loads = true, .live = "combined/"},
};

}  // namespace

std::span<const Control> controls() { return kControls; }

bool is_control(SubjectKind kind) {
  return std::ranges::find(kControls, kind, &Control::kind) != std::end(kControls);
}

bool is_stress(const scenario::Scenario& scenario) { return scenario.title().starts_with("stress/"); }

bool can_play(const Control& control, const scenario::Scenario& scenario, bool live) {
  if (scenario.subject.kind != SubjectKind::holdfast) return false;
  if (scenario.load.arrival != scenario::Arrival::closed && !control.open_loads) return false;
  if (live) return scenario.live_tier && scenario.title().starts_with(control.live);
  return control.virtual_world && scenario::why_live_only(scenario).empty();
}

scenario::Scenario with_control(const scenario::Scenario& scenario, const Control& control) {
  scenario::Scenario changed = scenario;
  changed.subject.kind = control.kind;
  changed.resolved_json = scenario::resolved_json(changed);
  return changed;
}

}  // namespace holdfast::gate
