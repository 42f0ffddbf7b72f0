// How long the injector lets operations wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

using namespace std::chrono_literals;

const Time kBegun = from_nanoseconds(1'000'000'000);

Call a_read(std::string_view path, std::uint64_t size = 100) {
  return {.operation = Operation::read, .path = path, .size = size, .file_size = 1 << 20};
}

std::vector<Duration> delays_of(const Effect& effect, Trigger when, std::uint64_t seed) {
  Injector injector(seed);
  injector.arm({{Rule{"r", std::move(when), effect}}}, kBegun);
  std::vector<Duration> delays;
  for (int i = 0; i < 200; ++i) delays.push_back(injector.decide(a_read("a"), kBegun).delay);
  return delays;
}

TEST(InjectorDelays, DrawnLatenciesDifferAndComeBackWithTheSeed) {
  const Effect effect{.latency = LatencyEffect{UniformLatency{1ms, 5ms}}};
  const auto delays = delays_of(effect, {}, 1);
  EXPECT_EQ(delays, delays_of(effect, {}, 1));
  EXPECT_NE(delays, delays_of(effect, {}, 2));
  EXPECT_GT(std::set(delays.begin(), delays.end()).size(), 190U);
}

// A rare rule fires on low draws; its delays must not be low for that.
TEST(InjectorDelays, WhetherARuleFiresSaysNothingOfTheDelay) {
  const auto delays =
      delays_of({.latency = LatencyEffect{UniformLatency{1ms, 5ms}}}, {.probability = kCertain / 4}, 3);
  EXPECT_TRUE(std::ranges::any_of(delays, [](Duration delay) { return delay > 4ms; }));
}

TEST(InjectorDelays, WhatOneThreadDoesShiftsNoDrawOfAnotherPath) {
  Injector alone(1), together(1);
  for (auto* injector : {&alone, &together})
    injector->arm({{Rule{"r", {}, {.latency = LatencyEffect{ParetoLatency{1ms}}}}}}, kBegun);
  for (int i = 0; i < 5; ++i) (void)together.decide(a_read("b"), kBegun);
  EXPECT_EQ(alone.decide(a_read("a"), kBegun).delay, together.decide(a_read("a"), kBegun).delay);
}

TEST(InjectorDelays, AThrottleSaysHowLongToWaitAndIsOrderDependent) {
  std::vector<FaultEvent> events;
  Injector injector(1, [&](const FaultEvent& event) { events.push_back(event); });
  injector.arm({{Rule{"t", {}, {.throttle = ThrottleEffect{.iops = 100, .burst = 10ms}}}}}, kBegun);
  EXPECT_FALSE(injector.decide(a_read("a"), kBegun).faulted()) << "what does not wait is no fault";
  EXPECT_EQ(injector.decide(a_read("a"), kBegun).delay, 10ms);
  EXPECT_EQ(injector.decide({Operation::fsync, "a"}, kBegun).delay, 0ms)
      << "reads and writes unless said otherwise";
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].decision, "throttle 10ms");
  EXPECT_TRUE(events[0].order_dependent);
}

TEST(InjectorDelays, AThrottleCountsTheBytesThatAreReallyMoved) {
  Injector injector(1);
  injector.arm({{Rule{"t", {}, {.throttle = ThrottleEffect{.bandwidth = 1000}}}}}, kBegun);
  Call read = a_read("a", 1000);
  read.file_size = 100;
  EXPECT_EQ(injector.decide(read, kBegun).delay, 100ms);
}

TEST(InjectorDelays, AThrottleComesOnTopOfWhatDelaysAndCountsWhatAnotherRuleLeaves) {
  Injector injector(1);
  Rule halved{"half", {}, {.shortens = ShortEffect{.fraction = kCertain / 2}}, true};
  injector.arm({{halved, Rule{"slow", {}, {.latency = LatencyEffect{1s}}},
                 Rule{"t", {}, {.throttle = ThrottleEffect{.bandwidth = 1000}}},
                 Rule{"slower", {}, {.latency = LatencyEffect{10s}}}}},
               kBegun);
  EXPECT_EQ(injector.decide(a_read("a", 1000), kBegun).delay, 11s + 500ms);
}

TEST(InjectorDelays, ArmingAgainEmptiesTheQueue) {
  Injector injector(1);
  for (int i = 0; i < 2; ++i) {
    injector.arm({{Rule{"t", {}, {.throttle = ThrottleEffect{.iops = 1}}}}}, kBegun);
    EXPECT_EQ(injector.decide(a_read("a"), kBegun).delay, 1s);
  }
}

TEST(InjectorDelays, AHangEndsAtItsDeadlineOrWhenItHeals) {
  Injector injector(1);
  injector.arm({{Rule{"h", {}, {.hang = HangEffect{2s, EIO}}}}}, kBegun);
  const auto hung = injector.decide(a_read("a"), kBegun);
  EXPECT_EQ(hung.delay, 2s);
  EXPECT_EQ(hung.error, EIO);
  EXPECT_EQ(injector.decide({Operation::lookup, "a"}, kBegun).error, EIO);
  injector.arm({{Rule{"h", {.to = 1s}, {.hang = HangEffect{2s, 0}}}}}, kBegun);
  const auto healed = injector.decide(a_read("a"), kBegun);
  EXPECT_EQ(healed.delay, 1s);
  EXPECT_EQ(healed.error, 0) << "it is carried out";
}

TEST(InjectorDelays, AHangThatEndsInAnErrorMeetsWhatAnswersIt) {
  Injector injector(1);
  injector.arm({{Rule{"h", {}, {.hang = HangEffect{2s, ENOSPC}}}}}, kBegun);
  EXPECT_FALSE(injector.decide(a_read("a"), kBegun).faulted());
  EXPECT_EQ(injector.decide({Operation::write, "a"}, kBegun).error, ENOSPC);
}

}  // namespace
}  // namespace holdfast::faultfs
