#include "simulator/scenario/scenario.h"

#include "simulator/scenario/resolved_json.h"

namespace holdfast::scenario {

Scenario twin_of(const Scenario& scenario) {
  Scenario twin = scenario;
  for (auto& phase : twin.phases) {
    phase.disk.rules.clear();
    phase.upstream.clear();
    phase.process.clear();
  }
  twin.resolved_json = resolved_json(twin);
  return twin;
}

}  // namespace holdfast::scenario
