#include "simulator/scenario/scenario.h"

#include <string_view>

#include "simulator/scenario/resolved_json.h"

namespace holdfast::scenario {

void Subject::place(const std::string& mount, const std::string& endpoint) {
  options.delivery.endpoint = endpoint;
  options.spool.directory = mount + "/spool";
  if (!fallback_locations) return;
  options.spool.backup_directory = mount + "/backup";
  options.spool.emergency_directory = mount + "/emergency";
}

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

std::string Scenario::title() const {
  constexpr std::string_view kRoot = "scenarios/";
  const auto root = file.rfind(kRoot);
  if (root == std::string::npos || (root > 0 && file[root - 1] != '/')) return name;
  const std::string below = file.substr(root + kRoot.size());
  const auto folder = below.rfind('/');
  return folder == std::string::npos ? name : below.substr(0, folder + 1) + name;
}

}  // namespace holdfast::scenario
