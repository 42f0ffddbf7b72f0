// The scenario over which the tests of hunting draw.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "simulator/scenario/parse_json.h"

namespace holdfast::sweep {

inline scenario::Scenario base_scenario(const std::string& name = "swarm") {
  auto base = scenario::load_scenario(std::string(HOLDFAST_SOURCE_DIR) + "/scenarios/hunt/" + name + ".json");
  EXPECT_TRUE(base) << base.error().message;
  return std::move(*base);
}

}  // namespace holdfast::sweep
