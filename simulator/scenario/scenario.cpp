#include "simulator/scenario/scenario.h"

#include <string_view>

#include "simulator/scenario/resolved_json.h"

namespace holdfast::scenario {
namespace {

void place_in(const std::string& mount, std::string& directory) {
  if (!directory.empty() && directory.front() != '/') directory.insert(0, mount + "/");
}

}  // namespace

void Subject::place(const std::string& mount, const std::string& endpoint) {
  options.delivery.endpoint = endpoint;
  for (std::string* directory :
       {&options.usage.directory, &options.usage.backup_directory, &options.usage.emergency_directory})
    place_in(mount, *directory);
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
  // Without faults nothing is tried again: the two are one program, and one twin serves both.
  if (twin.subject.kind == SubjectKind::naive_retry) twin.subject.kind = SubjectKind::naive_sync;
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
