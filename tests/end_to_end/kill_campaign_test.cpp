// kill -9 at moments drawn from a seed, while the disk and the upstream are ill. HOLDFAST_KILLS says
// how often (10; ./test --long: 100), HOLDFAST_SEED which moments (1).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/base/random.h"
#include "tests/end_to_end/live_fixture_json.h"

namespace holdfast::end_to_end {
namespace {

using nlohmann::json;

constexpr std::uint64_t kKillsOfOneRun = 20;
constexpr std::uint64_t kStressMs = 9000;
constexpr std::uint64_t kDownMs = 50;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// One kill at a random moment of each of as many equal parts of the stress phase.
json kills(std::uint64_t count, RandomStream& moments) {
  const std::uint64_t part = kStressMs / count;
  json events = json::array();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = i * part + moments.below(part - kDownMs);
    events.push_back(
        {{"name", "kill " + std::to_string(i + 1)},
         {"kill", {{"at", std::to_string(at) + "ms"}, {"down", std::to_string(kDownMs) + "ms"}}}});
  }
  return events;
}

std::uint64_t kills_fired(const json& result) {
  std::uint64_t fired = 0;
  for (const auto& [rule, count] : result["faults_fired"].items())
    if (rule.starts_with("kill ")) fired += count.get<std::uint64_t>();
  return fired;
}

TEST_F(LiveRun, KillsAtRandomMomentsUnderFaultsBreakNoLaw) {
  const std::uint64_t wanted = number_of("HOLDFAST_KILLS", 10), seed = number_of("HOLDFAST_SEED", 1);
  RandomStream moments = Random(seed).stream("kill campaign");
  const json pattern =
      json::parse(std::ifstream(source("tests/end_to_end/kill_scenario.json")), nullptr, true, true);
  // One command plays them all: they share their twin.
  std::vector<std::string> words{holdfast(), "run", "--live", "--out", scratch.path()};
  for (std::uint64_t left = wanted; left > 0; left -= std::min(left, kKillsOfOneRun)) {
    json scenario = pattern;
    scenario["name"] = "campaign-" + std::to_string(words.size());
    scenario["phases"][1]["process"] = kills(std::min(left, kKillsOfOneRun), moments);
    const std::string file = scratch.path() + "/" + scenario["name"].get<std::string>() + ".json";
    std::ofstream(file) << scenario.dump(1);
    words.push_back(file);
  }
  const auto run = run_program(words);
  EXPECT_EQ(run.exit_code, 0) << "HOLDFAST_SEED=" << seed << "\n" << run.output;
  std::uint64_t fired = 0;
  for (const auto& result : results_in(scratch.path())) {
    fired += kills_fired(result);
    for (const char* law :
         {"conservation", "durability", "identity", "isolation", "bounds", "liveness", "breaker"})
      EXPECT_EQ(verdict_of_law(result, law), "pass") << result["scenario"] << ": " << law;
  }
  EXPECT_EQ(fired, wanted);
}

}  // namespace
}  // namespace holdfast::end_to_end
