#include "faultfs/model/injector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast::faultfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kBlock = SpaceBudget::kBlock;
const Time kStart = from_nanoseconds(1'000'000'000);

Rule error_rule(std::string name, int error, Trigger when = {}) {
  return Rule{std::move(name), std::move(when), Effect{.error = ErrorEffect{error}}};
}
Rule latency_rule(std::string name, Duration delay, Trigger when = {}) {
  return Rule{std::move(name), std::move(when), Effect{.latency = LatencyEffect{delay}}};
}
Rule full_rule(std::uint64_t left, Trigger when = {}) {
  return Rule{"full", std::move(when), Effect{.full = FullEffect{left}}};
}
Call write_call(std::string_view path, std::uint64_t offset, std::uint64_t size) {
  return Call{.operation = Operation::write, .path = path, .offset = offset, .size = size, .inode = 1};
}

TEST(Injector, WithoutAPlanEverythingProceeds) {
  Injector injector(1);
  const auto decision = injector.decide(write_call("a", 0, 10), kStart);
  EXPECT_FALSE(decision.faulted());
  EXPECT_EQ(decision.granted, 10U);
  EXPECT_EQ(injector.fired(), 0U);
}

TEST(Injector, AnErrorHitsOnlyItsOperationAndPath) {
  Injector injector(1);
  injector.arm({{error_rule("r", EIO, {.operations = {Operation::fsync}, .path = "spool/**"})}}, kStart);
  EXPECT_EQ(injector.decide({Operation::fsync, "spool/1.seg"}, kStart).error, EIO);
  EXPECT_EQ(injector.decide({Operation::fsync, "usage.json"}, kStart).error, 0);
  EXPECT_EQ(injector.decide({Operation::write, "spool/1.seg"}, kStart).error, 0);
  EXPECT_EQ(injector.fired("r"), 1U);
}

TEST(Injector, LatenciesAddUpUntilTheFirstErrorWhichWins) {
  Injector injector(1);
  injector.arm({{latency_rule("a", milliseconds(5)), latency_rule("b", milliseconds(7)), error_rule("c", EIO),
                 error_rule("d", ENOSPC), latency_rule("e", milliseconds(9))}},
               kStart);
  const auto decision = injector.decide({Operation::read, "x"}, kStart);
  EXPECT_EQ(decision.delay, milliseconds(12));
  EXPECT_EQ(decision.error, EIO);
  EXPECT_EQ(injector.fired("d"), 0U);
  EXPECT_EQ(injector.fired(), 3U);
}

TEST(Injector, AWindowCountsFromArming) {
  Injector injector(1);
  injector.arm({{error_rule("r", EIO, {.from = seconds(1), .to = seconds(3)})}}, kStart);
  EXPECT_EQ(injector.decide({Operation::read, "x"}, kStart).error, 0);
  EXPECT_EQ(injector.decide({Operation::read, "x"}, kStart + seconds(1)).error, EIO);
  EXPECT_EQ(injector.decide({Operation::read, "x"}, kStart + seconds(3)).error, 0);
}

TEST(Injector, AReleaseFailsOnlyWhenNamed) {
  Injector injector(1);
  injector.arm({{error_rule("r", EIO)}}, kStart);
  EXPECT_EQ(injector.decide({Operation::release, "x"}, kStart).error, 0);
  injector.arm({{error_rule("r", EIO, {.operations = {Operation::release}})}}, kStart);
  EXPECT_EQ(injector.decide({Operation::release, "x"}, kStart).error, EIO);
}

std::vector<bool> hits_of(std::uint64_t seed, std::string path, int count) {
  Injector injector(seed);
  injector.arm({{error_rule("r", EIO, {.probability = kCertain / 20})}}, kStart);
  std::vector<bool> hits;
  for (int i = 0; i < count; ++i)
    hits.push_back(injector.decide({Operation::fsync, path}, kStart).error != 0);
  return hits;
}

TEST(Injector, AProbabilityIsKeptAndReproducible) {
  const auto hits = hits_of(42, "a", 20'000);
  const auto count = std::count(hits.begin(), hits.end(), true);
  EXPECT_NEAR(static_cast<double>(count), 1000.0, 150.0);  // five standard deviations are 154
  EXPECT_EQ(hits, hits_of(42, "a", 20'000));
  EXPECT_NE(hits, hits_of(43, "a", 20'000));
  EXPECT_NE(hits, hits_of(42, "b", 20'000));
}

TEST(Injector, OperationsOnOtherPathsShiftNoDecision) {
  const auto alone = hits_of(42, "a", 500);
  Injector injector(42);
  injector.arm({{error_rule("r", EIO, {.probability = kCertain / 20})}}, kStart);
  for (bool hit : alone) {
    (void)injector.decide({Operation::fsync, "b"}, kStart);
    (void)injector.decide({Operation::write, "a"}, kStart);
    EXPECT_EQ(injector.decide({Operation::fsync, "a"}, kStart).error != 0, hit);
  }
}

TEST(Injector, ProbabilityZeroChangesNothing) {
  Injector injector(1);
  injector.arm({{error_rule("r", EIO, {.probability = 0})}}, kStart);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(injector.decide({Operation::read, "x"}, kStart).faulted());
}

TEST(Injector, AFullVolumeShortensTheWriteAtTheEdgeThenRefuses) {
  Injector injector(1);
  injector.arm({{full_rule(2 * kBlock)}}, kStart);
  const auto edge = injector.decide(write_call("a", 0, 3 * kBlock), kStart);
  EXPECT_EQ(edge.error, 0);
  EXPECT_TRUE(edge.shortened);
  EXPECT_EQ(edge.granted, 2 * kBlock);
  const auto beyond = injector.decide(write_call("a", 2 * kBlock, 1), kStart);
  EXPECT_EQ(beyond.error, ENOSPC);
  EXPECT_EQ(beyond.granted, 0U);
  EXPECT_EQ(injector.decide({Operation::create, "b"}, kStart).error, ENOSPC);
  EXPECT_EQ(injector.decide({Operation::mkdir, "d"}, kStart).error, ENOSPC);
  EXPECT_EQ(injector.decide({.operation = Operation::rename, .path = "a", .new_name = true}, kStart).error,
            ENOSPC);
  EXPECT_EQ(injector.decide({Operation::rename, "a"}, kStart).error, 0);
  EXPECT_EQ(injector.decide({Operation::fsync, "a"}, kStart).error, 0);
}

TEST(Injector, SpaceGivenBackCanBeWrittenAgain) {
  Injector injector(1);
  injector.arm({{full_rule(kBlock)}}, kStart);
  EXPECT_EQ(injector.decide(write_call("a", 0, kBlock), kStart).granted, kBlock);
  EXPECT_EQ(injector.decide({Operation::create, "b"}, kStart).error, ENOSPC);
  injector.space().remove(1);
  EXPECT_EQ(injector.decide({Operation::create, "b"}, kStart).error, 0);
  EXPECT_EQ(injector.decide(write_call("b", 0, kBlock), kStart).granted, kBlock);
}

TEST(Injector, AnAllocationThatDoesNotFitTakesNothing) {
  Injector injector(1);
  injector.arm({{full_rule(2 * kBlock)}}, kStart);
  const Call call{.operation = Operation::fallocate, .path = "a", .size = 3 * kBlock, .inode = 1};
  EXPECT_EQ(injector.decide(call, kStart).error, ENOSPC);
  EXPECT_EQ(injector.space().left_bytes(), 2 * kBlock);
}

TEST(Injector, AWriteThatFailsForAnotherReasonTakesNoSpace) {
  Injector injector(1);
  injector.arm({{full_rule(2 * kBlock), error_rule("r", EIO)}}, kStart);
  EXPECT_EQ(injector.decide(write_call("a", 0, kBlock), kStart).error, EIO);
  EXPECT_EQ(injector.space().left_bytes(), 2 * kBlock);
}

TEST(Injector, HealingLiftsTheLimitAndEveryRule) {
  Injector injector(1);
  injector.arm({{full_rule(0), error_rule("r", EIO, {.operations = {Operation::fsync}})}}, kStart);
  injector.heal(kStart + seconds(1));
  EXPECT_FALSE(injector.armed());
  EXPECT_FALSE(injector.space().limited());
  EXPECT_EQ(injector.decide(write_call("a", 0, kBlock), kStart + seconds(1)).granted, kBlock);
}

TEST(Injector, TheBudgetOfAFullVolumeCountsFromTheOpeningOfItsWindow) {
  Injector injector(1);
  injector.arm({{full_rule(kBlock, {.from = seconds(1), .to = seconds(2)})}}, kStart);
  EXPECT_EQ(injector.decide(write_call("a", 0, 9 * kBlock), kStart).granted, 9 * kBlock);
  const auto open = injector.decide(write_call("a", 9 * kBlock, 2 * kBlock), kStart + seconds(1));
  EXPECT_EQ(open.granted, kBlock);
  EXPECT_EQ(injector.decide(write_call("a", 10 * kBlock, kBlock), kStart + seconds(2)).granted, kBlock);
}

TEST(Injector, EachFaultIsReportedAsOneLineBeforeItIsActedOn) {
  std::vector<FaultEvent> events;
  Injector injector(1, [&](const FaultEvent& event) { events.push_back(event); });
  injector.arm({{latency_rule("slow", milliseconds(5)), full_rule(0)}}, kStart);
  Call call = write_call("spool/\"1\".seg", 4096, 10);
  call.caller_pid = 77;
  (void)injector.decide(call, kStart + milliseconds(3));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(
      to_json_line(events[0], kStart),
      R"({"n":1,"t":3000000,"rule":"slow","pid":77,"path":"spool/\"1\".seg","op":"write","offset":4096,)"
      R"("size":10,"decision":"delay 5ms","order_dependent":false})");
  EXPECT_EQ(events[1].decision, "error ENOSPC");
  EXPECT_TRUE(events[1].order_dependent);
}

}  // namespace
}  // namespace holdfast::faultfs
