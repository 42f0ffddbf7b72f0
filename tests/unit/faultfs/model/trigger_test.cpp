// Which operations a trigger means, and whose turn it is.
#include "faultfs/model/trigger.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::seconds;

const Time kArmed = from_nanoseconds(1'000'000'000);

TEST(Trigger, OpenFlagsAreThoseOfTheOpenFile) {
  const Trigger syncs{.flags = OpenFlags{O_ACCMODE | O_DSYNC, O_WRONLY | O_DSYNC}};
  Call call{.operation = Operation::write, .path = "a"};
  EXPECT_FALSE(syncs.concerns(call)) << "not an open file";
  call.open_flags = O_WRONLY | O_SYNC | O_APPEND;
  EXPECT_TRUE(syncs.concerns(call)) << "O_SYNC includes O_DSYNC";
  call.open_flags = O_RDWR | O_SYNC;
  EXPECT_FALSE(syncs.concerns(call));
  call.open_flags = O_WRONLY;
  EXPECT_FALSE(syncs.concerns(call));
}

TEST(Trigger, AnOffsetRangeIsTouchedByTheRequest) {
  const Trigger sector{.offset = OffsetRange{512, 1024}};
  const auto touches = [&](Operation operation, std::uint64_t offset, std::uint64_t size) {
    return sector.concerns({.operation = operation, .path = "a", .offset = offset, .size = size});
  };
  EXPECT_TRUE(touches(Operation::read, 0, 513));
  EXPECT_FALSE(touches(Operation::read, 0, 512));
  EXPECT_TRUE(touches(Operation::write, 1023, 1));
  EXPECT_FALSE(touches(Operation::write, 1024, 100));
  EXPECT_FALSE(touches(Operation::fsync, 600, 10)) << "a sync has no place";
}

TEST(Trigger, ASizeIsOfTheRequest) {
  const Trigger small{.size = SizeRange{2, 4}};
  for (const std::uint64_t size : {1, 2, 4, 5})
    EXPECT_EQ(small.concerns({.operation = Operation::write, .path = "a", .size = size}),
              size == 2 || size == 4);
}

TEST(Trigger, ACallerIsAllThatIsSaidOfHim) {
  const Trigger when{.caller = CallerTrigger{.pid = 7, .uid = 1000, .comm = "fio"}};
  Call call{.operation = Operation::read, .path = "a"};
  call.caller_process = 7;
  call.caller_uid = 1000;
  call.caller_comm = "fio";
  EXPECT_TRUE(when.concerns(call));
  call.caller_comm = "dd";
  EXPECT_FALSE(when.concerns(call));
  call.caller_comm = "fio";
  call.caller_uid = 0;
  EXPECT_FALSE(when.concerns(call));
  call.caller_uid = 1000;
  call.caller_process = 8;
  EXPECT_FALSE(when.concerns(call));
}

TEST(Trigger, AGlobAndAPatternMustBothMatch) {
  const Trigger when{.path = "spool/*", .path_regex = *PathPattern::compile(".*[0-9]")};
  EXPECT_TRUE(when.matches_path("spool/1"));
  EXPECT_FALSE(when.matches_path("spool/a"));
  EXPECT_FALSE(when.matches_path("other/1"));
}

struct Hit {
  std::string path;
  int number;  // of the operation on that path
  bool operator==(const Hit&) const = default;
};

// Two paths in turn, a second apart.
std::vector<Hit> hits_of(const Trigger& when, int operations) {
  Injector injector(1);
  injector.arm({{Rule{"r", when, Effect{.error = ErrorEffect{EIO}}}}}, kArmed);
  std::vector<Hit> hits;
  for (int i = 0; i < operations; ++i) {
    const std::string path = i % 2 == 0 ? "a" : "b";
    if (injector.decide({Operation::fsync, path}, kArmed + seconds(i)).error != 0)
      hits.push_back({path, i / 2 + 1});
  }
  return hits;
}

TEST(Trigger, CountedByPathEachPathHasItsOwnTurns) {
  EXPECT_EQ(hits_of({.nth = 2, .per = Counting::path}, 8), (std::vector<Hit>{{"a", 2}, {"b", 2}}));
  EXPECT_EQ(hits_of({.limit = 1, .per = Counting::path}, 8), (std::vector<Hit>{{"a", 1}, {"b", 1}}));
  EXPECT_EQ(hits_of({.limit = 1}, 8), (std::vector<Hit>{{"a", 1}}));
}

TEST(Trigger, OfMorePathsThanAreCountedApartTheRestHasNoTurn) {
  const Trigger first{.nth = 1, .per = Counting::path};
  Turns turns;
  for (std::size_t i = 0; i < Turns::kMostPaths; ++i)
    ASSERT_TRUE(turns.take(first, std::to_string(i), kArmed));
  EXPECT_FALSE(turns.take(first, "one more", kArmed));
}

TEST(Trigger, CountedByPathARuleKeepsThePromiseOfDeterminism) {
  const auto depends = [](const Trigger& when) {
    return Rule{"r", when, {.hang = HangEffect{}}}.order_dependent();
  };
  EXPECT_TRUE(depends({.nth = 2}));
  EXPECT_FALSE(depends({.nth = 2, .per = Counting::path}));
  EXPECT_TRUE(depends({.cooldown = seconds(1), .per = Counting::path})) << "time is not the program's";
  EXPECT_TRUE(depends({.after = After{"x"}}));
}

TEST(Trigger, ACooldownLetsPassWhatComesTooSoon) {
  EXPECT_EQ(hits_of({.cooldown = seconds(3)}, 7), (std::vector<Hit>{{"a", 1}, {"b", 2}, {"a", 4}}));
  EXPECT_EQ(hits_of({.cooldown = seconds(3), .per = Counting::path}, 6),
            (std::vector<Hit>{{"a", 1}, {"b", 1}, {"a", 3}, {"b", 3}}));
}

TEST(Trigger, MorePathsThanAreRememberedMeetTheirRulesAllTheSame) {
  Injector injector(1);
  injector.arm({{Rule{"r", {.path = "*7"}, Effect{.error = ErrorEffect{EIO}}}}}, kArmed);
  for (std::size_t i = 0; i < 2 * Injector::kMostKnownPaths; ++i) {
    const std::string path = std::to_string(i);
    ASSERT_EQ(injector.decide({Operation::fsync, path}, kArmed).error != 0, path.back() == '7') << path;
  }
}

TEST(Trigger, ARuleMayWaitForAnother) {
  Injector injector(1);
  injector.arm({{Rule{"later", {.after = After{"first", 2}}, {.error = ErrorEffect{EIO}}},
                 Rule{"first", {.operations = {Operation::write}}, {.latency = LatencyEffect{seconds(1)}}}}},
               kArmed);
  const auto fsync = [&] { return injector.decide({Operation::fsync, "a"}, kArmed).error; };
  EXPECT_EQ(fsync(), 0);
  (void)injector.decide({Operation::write, "a"}, kArmed);
  EXPECT_EQ(fsync(), 0);
  (void)injector.decide({Operation::write, "a"}, kArmed);
  EXPECT_EQ(fsync(), EIO);
}

// As docs/fault-model.md has it, where "continue" does not say otherwise.
TEST(Trigger, LaterRulesActAfterWhatOnlyAddsToAnOperation) {
  const auto error_after = [](const Effect& effect) {
    Injector injector(1);
    injector.arm({{Rule{"first", {}, effect}, Rule{"fails", {}, {.error = ErrorEffect{EIO}}}}}, kArmed);
    const Call write{
        .operation = Operation::write, .path = "a", .size = 512, .file_size = 4096, .caller_process = 77};
    const int error = injector.decide(write, kArmed).error;
    EXPECT_EQ(injector.fired("first"), error == 0 || !effect.acts_on_bytes() ? 1U : 0U);
    return error;
  };
  EXPECT_EQ(error_after({.latency = LatencyEffect{seconds(1)}}), EIO);
  EXPECT_EQ(error_after({.throttle = ThrottleEffect{.iops = 1}}), EIO);
  EXPECT_EQ(error_after({.hang = HangEffect{}}), EIO);
  EXPECT_EQ(error_after({.kill_caller = KillEffect{}}), EIO);
  EXPECT_EQ(error_after({.corrupt = CorruptEffect{.when = CorruptWhen::write}}), EIO);
  EXPECT_EQ(error_after({.shortens = ShortEffect{.bytes = 1}}), 0);
  EXPECT_EQ(error_after({.torn = TornEffect{}}), 0);
  EXPECT_EQ(error_after({.lost = LostEffect{}}), 0);
  EXPECT_EQ(error_after({.misdirected = MisdirectedEffect{}}), 0);
}

TEST(Trigger, ARuleMayKeepLaterRulesFromActing) {
  Injector injector(1);
  const Rule slow{"slow", {}, {.latency = LatencyEffect{seconds(1)}}};
  const Rule fails{"fails", {}, {.error = ErrorEffect{EIO}}};
  injector.arm({{slow, fails}}, kArmed);
  EXPECT_EQ(injector.decide({Operation::read, "a"}, kArmed).error, EIO);
  Rule alone = slow;
  alone.continues = false;
  injector.arm({{alone, fails}}, kArmed);
  EXPECT_EQ(injector.decide({Operation::read, "a"}, kArmed).error, 0);
}

}  // namespace
}  // namespace holdfast::faultfs
