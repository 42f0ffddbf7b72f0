// What a hunt has found once stays found: each scenario of scenarios/hunt/regressions keeps every law.
#include <gtest/gtest.h>

#include <string>

#include "simulator/oracle/laws.h"
#include "simulator/run/virtual_run.h"
#include "simulator/scenario/parse_json.h"
#include "simulator/scenario/scenario_files.h"

namespace holdfast::run {
namespace {

TEST(Regressions, KeepEveryLaw) {
  const auto files = scenario::scenario_files(HOLDFAST_SOURCE_DIR "/scenarios/hunt/regressions");
  ASSERT_TRUE(files) << files.error().message;
  for (const auto& file : *files) {
    const auto scenario = scenario::load_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().message;
    const auto finished = run_virtual(*scenario, scenario->seed);
    ASSERT_TRUE(finished) << finished.error().message;
    for (const auto& law : oracle::check_laws((*finished)->record))
      EXPECT_NE(law.verdict, oracle::LawVerdict::fail) << file << ": " << law.law << ": " << law.detail;
  }
}

}  // namespace
}  // namespace holdfast::run
