#include "simulator/load/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/temporary_directory.h"

namespace holdfast::load {
namespace {

using namespace std::chrono_literals;
using scenario::Arrival;
using scenario::Scenario;

Scenario scenario_of(Arrival arrival, double rate, Duration length) {
  Scenario scenario;
  scenario.load.arrival = arrival;
  scenario.load.rate = rate;
  scenario.phases.resize(2);
  scenario.phases[0].length = length / 4;
  scenario.phases[1].length = length - length / 4;
  return scenario;
}

bool ordered(const Schedule& schedule) {
  return std::ranges::is_sorted(schedule.arrivals, {}, &ArrivalTime::intended);
}

std::string digest(const Schedule& schedule) {
  std::string text;
  for (const auto& a : schedule.arrivals)
    text += std::to_string(a.intended.count()) + "/" + std::to_string(a.producer) + " ";
  return text;
}

TEST(ConstantLoad, OffersExactlyItsRateInTurns) {
  const auto schedule = make_schedule(scenario_of(Arrival::constant, 2000, 5s), 1);
  ASSERT_TRUE(schedule);
  ASSERT_EQ(schedule->arrivals.size(), 10'000U);
  EXPECT_EQ(schedule->arrivals[0].intended, 0ns);
  EXPECT_EQ(schedule->arrivals[3].intended, 1'500us);
  EXPECT_EQ(schedule->arrivals[5].producer, 1U);
  EXPECT_EQ(schedule->arrivals.back().intended, 5s - 500us);
}

TEST(ConstantLoad, DoesNotDriftAtRatesThatAreNotRound) {
  const auto schedule = make_schedule(scenario_of(Arrival::constant, 3, 1000s), 1);
  ASSERT_TRUE(schedule);
  ASSERT_EQ(schedule->arrivals.size(), 3000U);
  EXPECT_EQ(schedule->arrivals[2997].intended, 999s);
}

TEST(PoissonLoad, HasItsRateAndTheSpreadOfAPoissonProcess) {
  const auto schedule = make_schedule(scenario_of(Arrival::poisson, 2000, 100s), 7);
  ASSERT_TRUE(schedule);
  EXPECT_TRUE(ordered(*schedule));
  const auto count = static_cast<double>(schedule->arrivals.size());
  EXPECT_NEAR(count, 200'000, 5 * std::sqrt(200'000.0));
  std::vector<double> bins(10'000);  // of 10 ms, 20 arrivals each
  std::vector<double> producers(4);
  for (const auto& a : schedule->arrivals) {
    ++bins[static_cast<std::size_t>(a.intended / 10ms)];
    ++producers.at(a.producer);
  }
  double variance = 0;
  for (double bin : bins) variance += (bin - 20) * (bin - 20) / static_cast<double>(bins.size());
  EXPECT_NEAR(variance, 20, 1.5) << "variance equals mean";
  for (double share : producers) EXPECT_NEAR(share, count / 4, 1'000);
}

TEST(PoissonLoad, FollowsFromItsSeedAlone) {
  const auto scenario = scenario_of(Arrival::poisson, 500, 2s);
  EXPECT_EQ(digest(*make_schedule(scenario, 3)), digest(*make_schedule(scenario, 3)));
  EXPECT_NE(digest(*make_schedule(scenario, 3)), digest(*make_schedule(scenario, 4)));
}

TEST(PoissonLoad, IsTheSameForTheTwin) {
  auto scenario = scenario_of(Arrival::poisson, 500, 2s);
  scenario.phases[1].upstream.push_back({"away", {}, Duration::max(), {upstream::Outage::refuse, {}, {}}});
  EXPECT_EQ(digest(*make_schedule(scenario, 3)), digest(*make_schedule(twin_of(scenario), 3)));
}

TEST(OpenLoad, NeverOffersAtOrAfterTheEnd) {
  for (auto arrival : {Arrival::constant, Arrival::poisson}) {
    const auto schedule = make_schedule(scenario_of(arrival, 777, 3s), 1);
    EXPECT_LT(schedule->arrivals.back().intended, 3s);
    EXPECT_GT(schedule->arrivals.back().intended, 2'980ms);
  }
}

TEST(OpenLoad, RefusesMoreThanARunCanHold) {
  EXPECT_FALSE(make_schedule(scenario_of(Arrival::constant, 10'000'000, 3s), 1));
  EXPECT_FALSE(make_schedule(scenario_of(Arrival::poisson, 1e-9, 3s), 1));
}

TEST(ClosedLoad, HasNoIntendedTimes) {
  EXPECT_TRUE(make_schedule(scenario_of(Arrival::closed, 100, 1s), 1)->arrivals.empty());
}

class TraceLoad : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream file(path_);
    file << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    // 8,819 calls over 8818 * 0.39 s: nearly an hour.
    for (int i = 0; i < 8819; ++i) {
      const int ms = i * 390;
      char line[64];
      std::snprintf(line, sizeof line, "2023-11-16 18:%02d:%02d.%03d,%d,7\n", ms / 60'000, ms / 1000 % 60,
                    ms % 1000, i + 1);
      file << line;
    }
  }

  Scenario scenario(Duration length) {
    auto made = scenario_of(Arrival::trace, 0, length);
    made.load.trace = path_.string();
    return made;
  }
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "trace.csv";
};

TEST_F(TraceLoad, PlaysEveryRowOnceStretchedToThePhases) {
  const auto schedule = make_schedule(scenario(15s), 1);
  ASSERT_TRUE(schedule) << schedule.error().message;
  ASSERT_EQ(schedule->arrivals.size(), 8819U);
  EXPECT_TRUE(ordered(*schedule));
  EXPECT_EQ(schedule->arrivals.front().intended, 0ns);
  EXPECT_LT(schedule->arrivals.back().intended, 15s);
  EXPECT_GT(schedule->arrivals.back().intended, 14'990ms);
  std::set<std::uint32_t> played;
  for (const auto& a : schedule->arrivals) played.insert(a.input_tokens);
  EXPECT_EQ(played.size(), 8819U);
  EXPECT_EQ(schedule->arrivals[6].producer, 2U) << "producers take turns";
}

TEST_F(TraceLoad, ASpeedPlaysItAsRecordedTimesThat) {
  auto fast = scenario(100s);
  fast.load.speed = 2.0;
  const auto schedule = make_schedule(fast, 1);
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->arrivals[10].intended, 1'950ms);
  EXPECT_EQ(schedule->arrivals.size(), 513U) << "the rest lies beyond the phases";
}

TEST_F(TraceLoad, NamesTheFileThatIsBad) {
  std::ofstream(path_, std::ios::app) << "rubbish\n";
  EXPECT_THAT(make_schedule(scenario(15s), 1).error().message,
              testing::HasSubstr(path_.string() + ":8821: "));
}

TEST(MakeRecord, IsTheSameForTheSameNumberAndSeed) {
  const auto a = make_record({}, 17, 42), b = make_record({}, 17, 42);
  EXPECT_EQ(a.input_tokens, b.input_tokens);
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.cost_nanousd, b.cost_nanousd);
  EXPECT_EQ(a.reference, 17U);
  EXPECT_EQ(a.time_ns, 0);
}

TEST(MakeRecord, KeepsRecordedTokensAndDrawsTheOthers) {
  const auto recorded = make_record({0ns, 0, 4808, 10}, 1, 42);
  EXPECT_EQ(recorded.input_tokens, 4808U);
  EXPECT_EQ(recorded.output_tokens, 10U);
  std::set<std::uint32_t> inputs;
  std::set<std::string_view> models;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto record = make_record({}, i, 42);
    EXPECT_GT(record.input_tokens, 0U);
    EXPECT_LE(record.model.size() + record.provider.size() + record.operation.size(), kMaxTextBytes);
    inputs.insert(record.input_tokens);
    models.insert(record.model);
  }
  EXPECT_GT(inputs.size(), 150U);
  EXPECT_EQ(models.size(), 5U);
}

TEST(MakeRecord, DiffersFromSeedToSeed) {
  int same = 0;
  for (std::uint64_t i = 0; i < 50; ++i)
    same += make_record({}, i, 1).input_tokens == make_record({}, i, 2).input_tokens;
  EXPECT_LT(same, 5);
}

}  // namespace
}  // namespace holdfast::load
