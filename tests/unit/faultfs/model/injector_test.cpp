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

TEST(Injector, WatchesWhatARuleMayMeetOrMustKnowOf) {
  Injector injector(1);
  const OperationSet bytes = {Operation::read, Operation::write};
  EXPECT_FALSE(injector.watches(bytes, "a"));
  injector.arm({{error_rule("r", EIO, {.operations = {Operation::read}, .path = "a", .from = seconds(9)})}},
               kStart);
  EXPECT_TRUE(injector.watches(bytes, "a")) << "it will, later";
  EXPECT_FALSE(injector.watches(bytes, "b"));
  EXPECT_FALSE(injector.watches({Operation::write}, "a"));
  injector.arm({{full_rule(kBlock)}}, kStart);
  EXPECT_TRUE(injector.watches({Operation::write}, "b")) << "room is the same everywhere";
  Effect stale;
  stale.stale.emplace();
  injector.arm({{Rule{"s", {.path = "a"}, stale}}}, kStart);
  EXPECT_TRUE(injector.watches({Operation::write}, "a")) << "it keeps what writes replace";
  EXPECT_FALSE(injector.watches({Operation::write}, "b"));
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

// Where one ends and the other begins there is exactly one, whichever stands first in the plan.
TEST(Injector, WindowsThatTouchTakeTurns) {
  const auto late = error_rule("late", ENOSPC, {.from = seconds(2), .to = seconds(3)});
  const auto early = error_rule("early", EIO, {.from = seconds(1), .to = seconds(2)});
  for (const auto& plan : {FaultPlan{{late, early}}, FaultPlan{{early, late}}}) {
    Injector injector(1);
    injector.arm(plan, kStart);
    EXPECT_EQ(injector.decide({Operation::create, "x"}, kStart + seconds(2) - milliseconds(1)).error, EIO);
    EXPECT_EQ(injector.decide({Operation::create, "x"}, kStart + seconds(2)).error, ENOSPC);
  }
  auto roomy = full_rule(8 * kBlock, {.from = seconds(2), .to = seconds(3)});
  roomy.name = "roomy";
  Injector injector(1);
  injector.arm({{roomy, full_rule(kBlock, {.from = seconds(1), .to = seconds(2)})}}, kStart);
  EXPECT_EQ(injector.decide(write_call("a", 0, 9 * kBlock), kStart + seconds(1)).granted, kBlock);
  EXPECT_EQ(injector.decide(write_call("a", kBlock, 9 * kBlock), kStart + seconds(2)).granted, 8 * kBlock);
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

TEST(Injector, PathsBeyondThoseThatAreCountedApartAreDrawnForAllTheSame) {
  Injector injector(42);
  injector.arm({{error_rule("r", EIO, {.probability = kCertain / 2})}}, kStart);
  for (std::size_t i = 0; i < Injector::kMostCountedPaths; ++i)
    (void)injector.decide({Operation::fsync, std::to_string(i)}, kStart);
  int hits = 0;
  for (int i = 0; i < 1000; ++i) hits += injector.decide({Operation::fsync, "late"}, kStart).error != 0;
  EXPECT_NEAR(hits, 500, 80);
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
  injector.remove(1, "a", 0);
  EXPECT_EQ(injector.decide({Operation::create, "b"}, kStart).error, 0);
  EXPECT_EQ(injector.decide(write_call("b", 0, kBlock), kStart).granted, kBlock);
}

TEST(Injector, AnAllocationThatDoesNotFitTakesNothing) {
  Injector injector(1);
  injector.arm({{full_rule(2 * kBlock)}}, kStart);
  const Call call{.operation = Operation::fallocate, .path = "a", .size = 3 * kBlock, .inode = 1};
  EXPECT_EQ(injector.decide(call, kStart).error, ENOSPC);
  EXPECT_EQ(injector.space_left("").bytes, 2 * kBlock);
}

TEST(Injector, AWriteThatFailsForAnotherReasonTakesNoSpace) {
  Injector injector(1);
  injector.arm({{full_rule(2 * kBlock), error_rule("r", EIO)}}, kStart);
  EXPECT_EQ(injector.decide(write_call("a", 0, kBlock), kStart).error, EIO);
  EXPECT_EQ(injector.space_left("").bytes, 2 * kBlock);
}

TEST(Injector, HealingLiftsTheLimitAndEveryRule) {
  Injector injector(1);
  injector.arm({{full_rule(0), error_rule("r", EIO, {.operations = {Operation::fsync}})}}, kStart);
  injector.heal(kStart + seconds(1));
  EXPECT_FALSE(injector.armed());
  EXPECT_FALSE(injector.space_left("").bytes);
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

// Which of the first operations on `path` are hit.
std::vector<int> turns_of(const Trigger& when, int operations, int arms = 1) {
  Injector injector(1);
  std::vector<int> hits;
  for (int arming = 0; arming < arms; ++arming) {
    injector.arm({{error_rule("r", EIO, when)}}, kStart);
    hits.clear();
    for (int i = 1; i <= operations; ++i)
      if (injector.decide({Operation::fsync, i % 2 == 0 ? "a" : "b"}, kStart).error != 0) hits.push_back(i);
  }
  return hits;
}

TEST(Injector, TheNthIsOneAndEveryNthIsMany) {
  EXPECT_EQ(turns_of({.nth = 3}, 10), (std::vector{3}));
  EXPECT_EQ(turns_of({.every = 3}, 10), (std::vector{3, 6, 9}));
  EXPECT_EQ(turns_of({.path = "a", .nth = 2}, 10), (std::vector{4})) << "only what matches is counted";
  EXPECT_EQ(turns_of({.nth = 3}, 10, 2), (std::vector{3})) << "and from arming on";
}

TEST(Injector, ALimitEndsARule) {
  EXPECT_EQ(turns_of({.limit = 2}, 10), (std::vector{1, 2}));
  EXPECT_EQ(turns_of({.every = 2, .limit = 2}, 10), (std::vector{2, 4}));
}

TEST(Injector, RulesThatCountAreMarkedOrderDependent) {
  std::vector<FaultEvent> events;
  Injector injector(1, [&](const FaultEvent& event) { events.push_back(event); });
  injector.arm({{latency_rule("plain", milliseconds(1)), error_rule("counts", EIO, {.limit = 1})}}, kStart);
  (void)injector.decide({Operation::fsync, "a"}, kStart);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_FALSE(events[0].order_dependent);
  EXPECT_TRUE(events[1].order_dependent);
}

TEST(Injector, AHangLastsUntilItsWindowOrTheArmingEnds) {
  Injector injector(1);
  injector.arm({{Rule{"h", {.to = seconds(3)}, {.hang = HangEffect{}}}}}, kStart);
  EXPECT_EQ(injector.decide({Operation::read, "x"}, kStart + seconds(1)).delay, seconds(2));
  injector.arm({{Rule{"h", {}, {.hang = HangEffect{}}}}}, kStart);
  EXPECT_EQ(injector.decide({Operation::read, "x"}, kStart).delay, kUntilHealed);
  int heard = 0;
  injector.when_armed([&] { ++heard; });
  injector.heal(kStart);
  EXPECT_EQ(heard, 1) << "whoever holds the operation is told";
}

Rule corrupt_rule(CorruptWhen moment, CorruptKind kind, Trigger when = {}) {
  return Rule{
      "c", std::move(when), {.corrupt = CorruptEffect{.when = moment, .kind = kind, .count = 2, .bytes = 8}}};
}

TEST(Injector, DamageOfAWriteFallsOnTheBytesThatAreTaken) {
  std::vector<FaultEvent> events;
  Injector injector(1, [&](const FaultEvent& event) { events.push_back(event); });
  injector.arm({{full_rule(kBlock), corrupt_rule(CorruptWhen::write, CorruptKind::zeros)}}, kStart);
  const auto decision = injector.decide(write_call("a", 0, 3 * kBlock), kStart);
  EXPECT_EQ(decision.granted, kBlock);
  ASSERT_EQ(decision.damage.size(), 2U);
  for (const auto& hit : decision.damage) EXPECT_LE(hit.offset + hit.size, kBlock);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].damage, decision.damage);
  EXPECT_EQ(events[1].decision, "corrupt zeros");
  const auto refused = injector.decide(write_call("a", kBlock, 1), kStart);
  EXPECT_EQ(refused.error, ENOSPC);
  EXPECT_TRUE(refused.damage.empty());
}

TEST(Injector, DamageOfAReadFallsOnBytesThatExist) {
  Injector injector(1);
  injector.arm({{corrupt_rule(CorruptWhen::read, CorruptKind::random)}}, kStart);
  Call read{.operation = Operation::read, .path = "a", .offset = 100, .size = 100'000, .file_size = 200};
  for (int i = 0; i < 50; ++i)
    for (const auto& hit : injector.decide(read, kStart).damage) {
      EXPECT_GE(hit.offset, 100U);
      EXPECT_LE(hit.offset + hit.size, 200U);
    }
  const auto fired = injector.fired("c");
  read.offset = 200;
  EXPECT_FALSE(injector.decide(read, kStart).faulted()) << "at the end there is nothing to damage";
  EXPECT_EQ(injector.fired("c"), fired);
}

TEST(Injector, DamageAtRestComesOnceAtItsMomentAndIsLoggedWithItsPlaces) {
  std::string line;
  Injector injector(1, [&](const FaultEvent& event) { line = to_json_line(event, kStart); });
  injector.arm(
      {{corrupt_rule(CorruptWhen::rest, CorruptKind::zeros, {.path = "spool/*", .from = seconds(2)})}},
      kStart);
  EXPECT_FALSE(injector.decide(write_call("spool/1", 0, 100), kStart + seconds(3)).faulted());
  EXPECT_TRUE(injector.take_due_at_rest(kStart).empty());
  EXPECT_EQ(injector.next_at_rest(), kStart + seconds(2));
  const auto due = injector.take_due_at_rest(kStart + seconds(2));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(injector.take_due_at_rest(kStart + seconds(2)).empty());
  EXPECT_EQ(injector.next_at_rest(), kNever);
  EXPECT_TRUE(injector.damage_at_rest(*due[0], "other", 1000, kStart).empty());
  EXPECT_TRUE(injector.damage_at_rest(*due[0], "spool/empty", 0, kStart).empty());
  const auto damage = injector.damage_at_rest(*due[0], "spool/1", 1000, kStart + seconds(2));
  ASSERT_EQ(damage.size(), 2U);
  EXPECT_EQ(line,
            R"({"n":1,"t":2000000000,"rule":"c","pid":0,"path":"spool/1","op":"rest","offset":0,"size":1000,)"
            R"("decision":"corrupt zeros","order_dependent":false,"damaged":[[)" +
                std::to_string(damage[0].offset) + "," + std::to_string(damage[0].size) + "],[" +
                std::to_string(damage[1].offset) + "," + std::to_string(damage[1].size) + "]]}");
}

TEST(Injector, DamageAtRestMayBeLimitedToSomeFiles) {
  Injector injector(1);
  injector.arm({{corrupt_rule(CorruptWhen::rest, CorruptKind::bit_flips, {.limit = 2})}}, kStart);
  const auto due = injector.take_due_at_rest(kStart);
  ASSERT_EQ(due.size(), 1U);
  std::size_t hit = 0;
  for (const auto* path : {"a", "b", "c", "d"})
    hit += injector.damage_at_rest(*due[0], path, 100, kStart).empty() ? 0 : 1;
  EXPECT_EQ(hit, 2U);
}

TEST(Injector, WithoutInodesNothingNewIsMadeUntilOneComesBack) {
  Injector injector(1);
  injector.arm({{Rule{"full", {}, {.full = FullEffect{.left_inodes = 1}}}}}, kStart);
  EXPECT_EQ(injector.decide({Operation::create, "a"}, kStart).error, 0);
  injector.make_inode("a", 0);
  for (const auto operation : {Operation::create, Operation::mkdir, Operation::symlink, Operation::mknod})
    EXPECT_EQ(injector.decide({operation, "b"}, kStart).error, ENOSPC);
  EXPECT_EQ(injector.decide({.operation = Operation::link, .path = "c", .new_name = true}, kStart).error, 0);
  EXPECT_EQ(injector.decide(write_call("a", 0, 100 * kBlock), kStart).granted, 100 * kBlock);
  injector.remove(1, "a", 0);
  EXPECT_EQ(injector.decide({Operation::create, "b"}, kStart).error, 0);
  injector.heal(kStart);
  EXPECT_EQ(injector.space_left("").inodes, std::nullopt);
}

TEST(Injector, OnlyAProcessThatMayBeKilledIsKilled) {
  std::vector<FaultEvent> events;
  Injector injector(1, [&](const FaultEvent& event) { events.push_back(event); });
  injector.arm({{Rule{"k", {}, {.kill_caller = KillEffect{SIGTERM}}}}}, kStart);
  for (const std::uint32_t process : {0U, 1U}) {
    EXPECT_EQ(injector.decide({.operation = Operation::read, .path = "a", .caller_process = process}, kStart)
                  .signal,
              0);
  }
  const auto killed =
      injector.decide({.operation = Operation::read, .path = "a", .caller_process = 77}, kStart);
  EXPECT_EQ(killed.signal, SIGTERM);
  EXPECT_EQ(killed.error, 0);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].decision, "kill SIGTERM 77");
}

TEST(Injector, ADisconnectEndsTheCallAndSaysSo) {
  Injector injector(1);
  injector.arm({{Rule{"d", {.operations = {Operation::fsync}}, {.disconnect = DisconnectEffect{}}}}}, kStart);
  EXPECT_FALSE(injector.decide({Operation::read, "a"}, kStart).disconnects);
  const auto decision = injector.decide({Operation::fsync, "a"}, kStart);
  EXPECT_TRUE(decision.disconnects);
  EXPECT_EQ(decision.error, ENOTCONN);
}

TEST(Injector, AnErrorMeetsOnlyTheOperationsThatAnswerItUnlessItIsSaidToBeUnusual) {
  Injector injector(1);
  injector.arm({{error_rule("r", ENOSPC)}}, kStart);
  EXPECT_EQ(injector.decide({Operation::readdir, "d"}, kStart).error, 0);
  EXPECT_EQ(injector.decide({Operation::create, "a"}, kStart).error, ENOSPC);
  injector.arm({{Rule{"r", {}, Effect{.error = ErrorEffect{ENOSPC, true}}}}}, kStart);
  EXPECT_EQ(injector.decide({Operation::readdir, "d"}, kStart).error, ENOSPC);
}

}  // namespace
}  // namespace holdfast::faultfs
