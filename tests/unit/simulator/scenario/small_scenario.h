// A small valid scenario, for tests that change one thing in it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "simulator/scenario/parse_json.h"

namespace holdfast::scenario {

inline constexpr std::string_view kSmall = R"({
  "version": 1,
  "name": "small",
  "load": { "producers": 2, "arrival": "poisson", "rate": "100/s" },
  "phases": [
    { "name": "warm-up", "for": "1s" },
    { "name": "stress", "for": "2s",
      "disk": [ { "name": "volume fills", "effect": { "full": { "left": "1MiB" } } } ],
      "upstream": [ { "name": "away", "when": { "from": "1s", "to": "2s" }, "effect": { "outage": "refuse" } } ],
      "process": [ { "name": "crash", "kill": { "at": "1s" } } ] },
    { "name": "recovery", "for": "30s" }
  ],
  "expect": [ "retention.durable >= 10%" ]
})";

inline Result<Scenario> small(const std::vector<std::string>& overrides = {}) {
  return parse_scenario(kSmall, "dir/small.json", overrides);
}

inline std::string error_of(const Result<Scenario>& result) { return result ? "" : result.error().message; }
inline std::string error_of(const Status& status) { return status ? "" : status.error().message; }

// The small scenario with the first `old_text` replaced.
inline Result<Scenario> with(std::string_view old_text, std::string_view new_text) {
  std::string text(kSmall);
  const auto at = text.find(old_text);
  EXPECT_NE(at, std::string::npos) << old_text;
  return parse_scenario(text.replace(at, old_text.size(), new_text), "dir/small.json");
}

}  // namespace holdfast::scenario
