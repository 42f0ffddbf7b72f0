// The same scenario and seed give the same run, to the last bit; another seed gives another.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "simulator/oracle/result_json.h"
#include "simulator/run/run_scenario.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/parse_json.h"
#include "simulator/scenario/scenario_files.h"

namespace holdfast::run {
namespace {

class ShippedScenario : public testing::TestWithParam<std::string> {};

scenario::Scenario load(const std::string& file) {
  auto loaded = scenario::load_scenario(std::string(HOLDFAST_SOURCE_DIR "/scenarios/") + file);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return std::move(*loaded);
}

std::string played(const scenario::Scenario& scenario, std::uint64_t seed) {
  static const std::atomic<bool> kNever{false};
  ScenarioRunner runner({}, kNever);
  const auto outcome = runner.run(scenario, seed);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
  if (!outcome) return "";
  EXPECT_TRUE((*outcome)->finished->record.stats ? (*outcome)->finished->record.stats->conserved() : true);
  return oracle::result_json((*outcome)->result).value();
}

TEST_P(ShippedScenario, GivesTheSameResultFileTwice) {
  const auto scenario = load(GetParam());
  const auto result = played(scenario, scenario.seed);
  EXPECT_NE(result.find("\"trace_hash\""), std::string::npos);
  EXPECT_EQ(result, played(scenario, scenario.seed));
}

TEST_P(ShippedScenario, AnotherSeedIsAnotherRun) {
  const auto scenario = load(GetParam());
  const auto first = run_virtual(scenario, scenario.seed);
  const auto second = run_virtual(scenario, scenario.seed + 1);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*(*first)->record.trace_hash, *(*second)->record.trace_hash);
}

std::vector<std::string> shipped() {
  const std::string root = HOLDFAST_SOURCE_DIR "/scenarios";
  auto files = scenario::scenario_files(root).value_or(std::vector<std::string>{});
  std::erase_if(files, [](const std::string& file) {
    const auto scenario = scenario::load_scenario(file);
    return scenario && !scenario::why_live_only(*scenario).empty();
  });
  for (auto& file : files) file = std::filesystem::relative(file, root).string();
  return files;
}

std::string test_name(const testing::TestParamInfo<std::string>& shipped_file) {
  std::string name = shipped_file.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, ShippedScenario, testing::ValuesIn(shipped()), test_name);

}  // namespace
}  // namespace holdfast::run
