#include "simulator/scenario/scenario_keys.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast::scenario {

std::span<const ObjectKeys> scenario_keys() {
  static const std::vector<ObjectKeys> table = {
      {"",
       {"$schema", "version", "name", "why", "seed", "seeds", "tier", "load", "disk", "upstream", "subject",
        "fleet", "host", "phases", "limits", "expect"}},
      {"/load", {"producers", "arrival", "rate", "think", "trace", "speed", "record"}},
      {"/disk", {"latency", "capacity"}},
      {"/upstream", {"latency", "concurrency"}},
      {"/subject", {"kind", "fallback_locations", "command", "options"}},
      {"/host", {"task"}},
      {"/phases/*", {"name", "for", "disk", "upstream", "process"}},
      {"/phases/*/upstream/*", {"name", "when", "effect"}},
      {"/phases/*/upstream/*/when", {"probability", "from", "to", "nth", "from_nth"}},
      {"/phases/*/upstream/*/effect",
       {"outage", "latency", "error_rate", "reset", "slow", "partial", "answer"}},
      {"/phases/*/process/*", {"name", "kill", "power_cut", "restart", "pause", "clock_jump"}},
      {"/phases/*/process/*/kill", {"at", "operation", "down", "times", "every", "tracker"}},
      {"/phases/*/process/*/power_cut", {"at", "operation", "down", "times", "every"}},
      {"/phases/*/process/*/restart", {"at", "down", "times", "every", "tracker"}},
      {"/phases/*/process/*/pause", {"at", "for", "times", "every", "tracker"}},
      {"/phases/*/process/*/clock_jump", {"at", "for", "forward", "back"}},
      {"/limits", {"recover", "drain"}},
  };
  return table;
}

std::span<const std::string_view> keys_of(std::string_view pattern) {
  const auto table = scenario_keys();
  const auto entry = std::ranges::find(table, pattern, &ObjectKeys::pattern);
  HOLDFAST_CHECK(entry != table.end(), "only objects of the table are read");
  return entry->keys;
}

}  // namespace holdfast::scenario
