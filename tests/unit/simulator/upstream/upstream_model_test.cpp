#include "simulator/upstream/upstream_model.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast::upstream {
namespace {

using namespace std::chrono_literals;
using Kind = Plan::Kind;

constexpr Time at(Duration since_start) { return Time(1h + since_start); }

UpstreamRule outage(Outage kind, Duration from = {}, Duration to = Duration::max()) {
  return {"away", from, to, {.outage = kind}};
}
UpstreamRule latency(std::string name, Duration added) {
  return {std::move(name), {}, Duration::max(), {.latency = added}};
}
UpstreamRule errors(std::string name, std::uint64_t parts_per_billion) {
  return {std::move(name), {}, Duration::max(), {.error_rate = parts_per_billion}};
}

class UpstreamModelTest : public testing::Test {
 protected:
  UpstreamModel make(UpstreamSettings settings = {1ms, 64}, std::uint64_t seed = 1) {
    return UpstreamModel(
        settings, seed,
        [this](Time, const RequestElement& element, bool duplicate) {
          applied_.emplace_back(element.reference, duplicate);
        },
        [this](const UpstreamEvent& event) { events_.push_back(event); });
  }

  std::vector<std::pair<std::uint64_t, bool>> applied_;
  std::vector<UpstreamEvent> events_;
};

TEST_F(UpstreamModelTest, ServesWithoutFaultsAfterItsLatency) {
  auto model = make();
  const Plan plan = model.arrive({}, 1, 0, at(5ms));
  EXPECT_EQ(plan.kind, Kind::serve);
  EXPECT_EQ(plan.at, at(6ms));
  EXPECT_EQ(model.requests(), 1U);
  EXPECT_TRUE(events_.empty());
}

TEST_F(UpstreamModelTest, MakesRequestsBeyondItsConcurrencyWaitForTheServerThatIsFreeFirst) {
  auto model = make({10ms, 2});
  EXPECT_EQ(model.arrive({}, 1, 0, at(0ms)).at, at(10ms));
  EXPECT_EQ(model.arrive({}, 2, 0, at(4ms)).at, at(14ms));
  EXPECT_EQ(model.arrive({}, 3, 0, at(5ms)).at, at(20ms)) << "starts when the first is done";
  EXPECT_EQ(model.arrive({}, 4, 0, at(6ms)).at, at(24ms)) << "starts when the second is done";
  EXPECT_EQ(model.arrive({}, 5, 0, at(6ms)).at, at(30ms)) << "first come, first served";
  EXPECT_EQ(model.arrive({}, 6, 0, at(100ms)).at, at(110ms)) << "an idle upstream serves at once";
}

TEST_F(UpstreamModelTest, NeverServesMoreAtOnceThanItsConcurrency) {
  auto model = make({7ms, 3});
  std::multiset<Time> done;
  for (int i = 0; i < 1000; ++i) {
    const Time now = at(Duration(i * 2'000'000));
    const Time end = model.arrive({}, 1, 0, now).at;
    const Time start = end - 7ms;
    ASSERT_GE(start, now);
    ASSERT_LT(std::distance(done.upper_bound(start), done.end()), 3);
    done.insert(end);
  }
}

TEST_F(UpstreamModelTest, AddsUpTheLatenciesOfAllRules) {
  auto model = make();
  model.arm({latency("slow", 49ms), latency("slower", 100us)}, at(0ms));
  EXPECT_EQ(model.arrive({}, 1, 0, at(1ms)).at, at(1ms + 50ms + 100us));
  ASSERT_EQ(events_.size(), 2U);
  EXPECT_EQ(events_[0].rule, "slow");
  EXPECT_EQ(events_[0].decision, "delay 49ms");
  EXPECT_EQ(events_[1].decision, "delay 100us");
  EXPECT_EQ(model.fired(), 2U);
  EXPECT_EQ(model.fired("slow"), 1U);
  EXPECT_EQ(model.fired("absent"), 0U);
}

TEST_F(UpstreamModelTest, EndsARequestWithTheFirstTerminatingRule) {
  auto model = make();
  model.arm({latency("slow", 49ms), outage(Outage::error), errors("later", 1'000'000'000)}, at(0ms));
  const Plan plan = model.arrive({}, 8, 2, at(1ms));
  EXPECT_EQ(plan.kind, Kind::error);
  EXPECT_EQ(plan.status, 503);
  EXPECT_EQ(plan.at, at(1ms));
  ASSERT_EQ(events_.size(), 1U) << "a latency that delayed nobody did not fire";
  EXPECT_EQ(events_[0].decision, "answer 503");
  EXPECT_EQ(events_[0].batch, 8U);
  EXPECT_EQ(events_[0].attempt, 2U);
  EXPECT_EQ(events_[0].time, at(1ms));
}

TEST_F(UpstreamModelTest, FailsAtOnceWithoutTakingAServer) {
  auto model = make({10ms, 1});
  model.arm({errors("flaky", 1'000'000'000)}, at(0ms));
  for (int i = 0; i < 5; ++i) {
    const Plan plan = model.arrive({}, 1, 0, at(0ms));
    EXPECT_EQ(plan.kind, Kind::error);
    EXPECT_EQ(plan.status, 500);
    EXPECT_EQ(plan.at, at(0ms));
  }
  model.heal(at(1ms));
  EXPECT_EQ(model.arrive({}, 1, 1, at(1ms)).at, at(11ms));
}

TEST_F(UpstreamModelTest, HangsForEver) {
  auto model = make();
  model.arm({outage(Outage::hang)}, at(0ms));
  const Plan plan = model.arrive({}, 1, 0, at(1ms));
  EXPECT_EQ(plan.kind, Kind::hang);
  EXPECT_EQ(plan.at, kNever);
  EXPECT_EQ(events_.at(0).decision, "hang");
}

TEST_F(UpstreamModelTest, AClosedPortComesBeforeEveryOtherRuleAndIsNoRequest) {
  auto model = make();
  model.arm({outage(Outage::hang), errors("flaky", 1'000'000'000), outage(Outage::refuse)}, at(0ms));
  EXPECT_EQ(model.port(at(0ms)), Port::closed);
  EXPECT_EQ(model.arrive({}, 1, 0, at(0ms)).kind, Kind::refuse);
  EXPECT_EQ(model.requests(), 0U);
  EXPECT_EQ(model.fired(), 1U);
  EXPECT_EQ(events_.at(0).decision, "refuse");
}

TEST_F(UpstreamModelTest, CountsWindowsFromArmingWithTheEndExcluded) {
  auto model = make();
  model.arm({outage(Outage::refuse, 10ms, 20ms)}, at(100ms));
  EXPECT_EQ(model.port(at(110ms) - 1ns), Port::open);
  EXPECT_EQ(model.port(at(110ms)), Port::closed);
  EXPECT_EQ(model.port(at(120ms) - 1ns), Port::closed);
  EXPECT_EQ(model.port(at(120ms)), Port::open);
  EXPECT_EQ(model.arrive({}, 1, 0, at(109ms)).kind, Kind::serve);
  EXPECT_EQ(model.arrive({}, 1, 0, at(115ms)).kind, Kind::refuse);
  EXPECT_EQ(model.arrive({}, 1, 0, at(121ms)).kind, Kind::serve);
}

TEST_F(UpstreamModelTest, SaysWhenThePortMayNextChange) {
  auto model = make();
  EXPECT_EQ(model.next_change(at(0ms)), kNever);
  model.arm({outage(Outage::refuse, 10ms, 20ms), outage(Outage::hang, 1ms, 2ms)}, at(0ms));
  EXPECT_EQ(model.next_change(at(0ms)), at(10ms));
  EXPECT_EQ(model.next_change(at(10ms)), at(20ms));
  EXPECT_EQ(model.next_change(at(20ms)), kNever);
  model.arm({outage(Outage::refuse)}, at(0ms));
  EXPECT_EQ(model.next_change(at(0ms)), kNever) << "only healing ends it";
}

TEST_F(UpstreamModelTest, HealingEndsEveryFault) {
  auto model = make();
  model.arm({outage(Outage::refuse), latency("slow", 1s)}, at(0ms));
  model.heal(at(1ms));
  EXPECT_EQ(model.port(at(1ms)), Port::open);
  EXPECT_EQ(model.arrive({}, 1, 0, at(1ms)).at, at(2ms));
}

TEST_F(UpstreamModelTest, RemembersEveryKeyAndAppliesEachElementInOrder) {
  auto model = make();
  const std::vector<RequestElement> first{{{1, 1}, 100}, {{1, 2}, 101}};
  const std::vector<RequestElement> second{{{1, 2}, 101}, {{2, 1}, 200}};
  using enum ElementStatus;
  EXPECT_EQ(model.complete({}, first, at(0ms)), (std::vector{accepted, accepted}));
  EXPECT_EQ(model.complete({}, second, at(1ms)), (std::vector{duplicate, accepted}));
  EXPECT_EQ(applied_, (std::vector<std::pair<std::uint64_t, bool>>{
                          {100, false}, {101, false}, {101, true}, {200, false}}));
  EXPECT_EQ(model.known_keys(), 3U);
  EXPECT_TRUE(model.knows({2, 1}));
  EXPECT_FALSE(model.knows({2, 2}));
}

TEST_F(UpstreamModelTest, ArrivingAppliesNothing) {
  auto model = make();
  const std::vector<RequestElement> elements{{{1, 1}, 100}};
  (void)model.arrive(elements, 1, 0, at(0ms));
  EXPECT_EQ(model.known_keys(), 0U);
  EXPECT_TRUE(applied_.empty());
}

TEST_F(UpstreamModelTest, ABlackholeComesBeforeAClosedPortAndIsNoRequestEither) {
  auto model = make();
  model.arm({outage(Outage::refuse), {.name = "dark", .effect = {.outage = Outage::blackhole}}}, at(0ms));
  EXPECT_EQ(model.port(at(0ms)), Port::unreachable);
  const Plan plan = model.arrive({}, 1, 0, at(0ms));
  EXPECT_EQ(plan.kind, Kind::vanish);
  EXPECT_EQ(plan.at, kNever);
  EXPECT_EQ(model.requests(), 0U);
  EXPECT_EQ(model.fired("dark"), 1U);
  EXPECT_EQ(events_.at(0).decision, "vanish");
}

TEST_F(UpstreamModelTest, ABlackholeThatSwallowsAShareLeavesThePortOpen) {
  auto model = make();
  model.arm({{.name = "dark", .effect = {.outage = Outage::blackhole}, .probability = kCertain / 4}},
            at(0ms));
  EXPECT_EQ(model.port(at(0ms)), Port::open);
  EXPECT_EQ(model.next_change(at(0ms)), kNever);
  for (std::uint64_t batch = 0; batch < 1000; ++batch) (void)model.arrive({}, batch, 0, at(0ms));
  EXPECT_EQ(model.requests() + model.fired("dark"), 1000U);
  EXPECT_NEAR(static_cast<double>(model.fired("dark")), 250, 70);
}

// The server is held until the last byte of its answer is out.
TEST_F(UpstreamModelTest, ASlowAnswerHoldsItsServer) {
  auto model = make({10ms, 1});
  model.arm({{.name = "thin", .effect = {.slow = 1113}}}, at(0ms));
  const std::vector<RequestElement> hundred(100);
  const Plan first = model.arrive(hundred, 1, 0, at(0ms));
  EXPECT_EQ(first.at, at(10ms)) << "applied before its answer trickles";
  EXPECT_EQ(first.trickle, 1s);
  EXPECT_EQ(model.arrive(hundred, 2, 0, at(0ms)).at, at(10ms + 1s + 10ms));
}

TEST_F(UpstreamModelTest, AppliesNothingOfTheElementsThatItAsksForAgain) {
  auto model = make();
  const std::vector<RequestElement> elements{{{1, 1}, 101}, {{1, 2}, 102}, {{1, 3}, 103}};
  using enum ElementStatus;
  EXPECT_EQ(model.complete({.again = {0, 2}}, elements, at(0ms)), (std::vector{retry, accepted, retry}));
  EXPECT_EQ(applied_, (std::vector<std::pair<std::uint64_t, bool>>{{102, false}}));
  EXPECT_FALSE(model.knows({1, 1}));
  EXPECT_EQ(model.complete({}, elements, at(1ms)), (std::vector{accepted, duplicate, accepted}));
}

TEST_F(UpstreamModelTest, TellsOfEveryAttemptThatReachedTheService) {
  std::vector<std::size_t> attempts;
  UpstreamModel model({1ms, 64}, 1, {}, {}, [&](Time, std::span<const RequestElement> elements) {
    attempts.push_back(elements.size());
  });
  const std::vector<RequestElement> two(2);
  for (const auto& effect :
       {UpstreamEffect{.outage = Outage::refuse}, UpstreamEffect{.outage = Outage::blackhole},
        UpstreamEffect{.outage = Outage::hang}, UpstreamEffect{.reset = Reset::request},
        UpstreamEffect{.error_rate = kCertain}, UpstreamEffect{.answer = AnswerFault::lost}}) {
    model.arm({{.name = "x", .effect = effect}}, at(0ms));
    (void)model.arrive(two, 1, 0, at(0ms));
  }
  (void)model.arrive({}, 0, 0, at(0ms));  // a health check
  EXPECT_EQ(attempts, (std::vector<std::size_t>{2, 2, 2, 2})) << "neither refused nor vanished";
}

std::vector<bool> failures(UpstreamModel& model, int batches, std::uint32_t attempt, bool backwards) {
  std::vector<bool> failed(static_cast<std::size_t>(batches));
  for (int i = 0; i < batches; ++i) {
    const int batch = backwards ? batches - 1 - i : i;
    const Plan plan = model.arrive({}, static_cast<std::uint64_t>(batch), attempt, at(Duration(i)));
    failed[static_cast<std::size_t>(batch)] = plan.kind == Kind::error;
  }
  return failed;
}

TEST_F(UpstreamModelTest, DrawsAnErrorFromSeedRuleBatchAndAttemptAlone) {
  const auto armed = [&](std::uint64_t seed, const std::string& rule) {
    auto model = make({1ms, 64}, seed);
    model.arm({errors(rule, 250'000'000)}, at(0ms));
    return model;
  };
  auto one = armed(1, "flaky");
  auto two = armed(1, "flaky");
  const auto expected = failures(one, 1000, 0, false);
  EXPECT_EQ(failures(two, 1000, 0, true), expected) << "the order of arrival does not matter";
  EXPECT_EQ(failures(two, 1000, 0, false), expected) << "nor what came before";
  EXPECT_NE(failures(two, 1000, 1, false), expected) << "another attempt is another draw";
  auto other_seed = armed(2, "flaky");
  EXPECT_NE(failures(other_seed, 1000, 0, false), expected);
  auto other_name = armed(1, "unsteady");
  EXPECT_NE(failures(other_name, 1000, 0, false), expected);
}

TEST_F(UpstreamModelTest, FailsTheShareOfRequestsThatTheRateSays) {
  auto model = make();
  model.arm({errors("flaky", 250'000'000)}, at(0ms));
  const auto failed = failures(model, 20'000, 0, false);
  const auto count = std::count(failed.begin(), failed.end(), true);
  EXPECT_NEAR(static_cast<double>(count), 5000, 300);  // five standard deviations
  EXPECT_EQ(model.fired("flaky"), static_cast<std::uint64_t>(count));
}

TEST_F(UpstreamModelTest, AnErrorRateOfZeroChangesNothing) {
  auto model = make();
  model.arm({errors("never", 0)}, at(0ms));
  for (const bool failed : failures(model, 1000, 0, false)) EXPECT_FALSE(failed);
  EXPECT_EQ(model.fired(), 0U);
}

}  // namespace
}  // namespace holdfast::upstream
