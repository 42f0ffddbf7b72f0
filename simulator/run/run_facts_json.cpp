#include "simulator/run/run_facts_json.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "command_line/version.h"
#include "simulator/scenario/resolved_json.h"

namespace holdfast::run {

std::string run_facts_json() {
  nlohmann::ordered_json facts;
  facts["version"] = 1;
  facts["holdfast"] = kVersion;
  facts["commit"] = kCommit;
  facts["compiler"] = __VERSION__;
  struct utsname name {};
  if (::uname(&name) == 0) {
    facts["host"] = name.nodename;
    facts["kernel"] = name.release;
  }
  facts["processors"] = ::sysconf(_SC_NPROCESSORS_ONLN);
  facts["written_unix_s"] =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  return facts.dump(2) + "\n";
}

std::string what_a_twin_depends_on(const scenario::Scenario& without_faults) {
  auto resolved = nlohmann::json::parse(scenario::resolved_json(without_faults), nullptr, false);
  if (!resolved.is_object()) return without_faults.file;
  for (const char* key : {"name", "why", "file", "expect", "limits", "seed", "seeds", "$schema"})
    resolved.erase(key);
  return resolved.dump();
}

}  // namespace holdfast::run
