#include "simulator/scenario/virtual_only.h"

namespace holdfast::scenario {

std::string why_virtual_only(const Scenario& scenario) {
  if (scenario.fleet > 1)
    return "it has a fleet of " + std::to_string(scenario.fleet) +
           " trackers, and a real machine has room for one";
  for (const auto& phase : scenario.phases)
    for (const auto& event : phase.process)
      if (event.operation)
        return "the process event \"" + event.name +
               "\" waits for an I/O operation, and nobody can stop a real process before the one it names";
  return "";
}

}  // namespace holdfast::scenario
