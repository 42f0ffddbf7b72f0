// What the tests of hunting share: the scenario over which they draw, and nobody who interrupts.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "simulator/scenario/parse_json.h"

namespace holdfast::sweep {

inline const std::atomic<bool> kNotInterrupted{false};

inline scenario::Scenario base_scenario(const std::string& name = "swarm") {
  auto base = scenario::load_scenario(std::string(HOLDFAST_SOURCE_DIR) + "/scenarios/hunt/" + name + ".json");
  EXPECT_TRUE(base) << base.error().message;
  return std::move(*base);
}

}  // namespace holdfast::sweep
