// Room that is limited in several places at once: parts of the volume, and users.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kPiece = SpaceBudget::kBlock;
const Time kFirst = from_nanoseconds(1'000'000'000);

Rule part(std::string name, std::string path, FullEffect full, Trigger when = {}) {
  when.path = std::move(path);
  return Rule{std::move(name), std::move(when), Effect{.full = full}};
}

class InjectorSpace : public testing::Test {
 protected:
  Decision write(std::string_view path, std::uint64_t inode, std::uint64_t blocks, std::uint32_t user = 0,
                 Time now = kFirst) {
    return injector_.decide(
        {.operation = Operation::write, .path = path, .size = blocks * kPiece, .inode = inode, .owner = user},
        now);
  }
  int make(std::string_view path, std::uint32_t user = 0) {
    return injector_.decide({.operation = Operation::create, .path = path, .caller_uid = user}, kFirst).error;
  }
  Injector injector_{1, [this](const FaultEvent& event) { last_ = event.rule + " " + event.decision; }};
  std::string last_;
};

TEST_F(InjectorSpace, EachPartIsFullByItself) {
  injector_.arm({{part("logs", "log/**", {2 * kPiece}), part("data", "data/**", {4 * kPiece})}}, kFirst);
  EXPECT_EQ(write("log/a", 1, 3).granted, 2 * kPiece);
  EXPECT_EQ(last_, "logs short 8192");
  EXPECT_EQ(make("log/b"), ENOSPC);
  EXPECT_EQ(make("data/b"), 0);
  EXPECT_EQ(write("data/b", 2, 3).granted, 3 * kPiece);
  EXPECT_EQ(write("elsewhere", 3, 100).granted, 100 * kPiece);
  EXPECT_EQ(injector_.space_left("log/a").bytes, 0U);
  EXPECT_EQ(injector_.space_left("data/b").bytes, kPiece);
  EXPECT_FALSE(injector_.space_left("elsewhere").bytes);
}

TEST_F(InjectorSpace, WhereTwoLimitTheSmallerCounts) {
  injector_.arm({{part("volume", "**", {3 * kPiece}), part("logs", "log/**", {2 * kPiece})}}, kFirst);
  EXPECT_EQ(injector_.space_left("log").bytes, 2 * kPiece);
  EXPECT_EQ(write("data", 1, 2).granted, 2 * kPiece);
  EXPECT_EQ(injector_.space_left("log").bytes, kPiece) << "of the volume";
  EXPECT_EQ(write("log/a", 2, 2).granted, kPiece);
  EXPECT_EQ(last_, "volume short 4096");
  injector_.remove(2, "log/a", 0);
  EXPECT_EQ(injector_.space_left("log").bytes, kPiece);
}

TEST_F(InjectorSpace, AFileThatWasThereBeforeGivesItsRoomToItsPart) {
  injector_.arm({{part("logs", "log/**", {0}), part("data", "data/**", {0})}}, kFirst);
  injector_.adopt(1, 3 * kPiece, "log/old", 0);
  EXPECT_EQ(write("log/old", 1, 3).granted, 3 * kPiece) << "its own blocks may be written again";
  injector_.truncate(1, "log/old", kPiece);
  EXPECT_EQ(injector_.space_left("log/x").bytes, 2 * kPiece);
  injector_.remove(1, "log/old", 0);
  EXPECT_EQ(injector_.space_left("log/x").bytes, 3 * kPiece);
  EXPECT_EQ(injector_.space_left("data/x").bytes, 0U);
}

TEST_F(InjectorSpace, AMovedFileCountsWhereItWasFirstSeen) {
  injector_.arm({{part("logs", "log/**", {kPiece})}}, kFirst);
  EXPECT_EQ(write("log/a", 1, 1).granted, kPiece);
  EXPECT_EQ(injector_
                .decide({.operation = Operation::write, .path = "b", .offset = kPiece, .size = 1, .inode = 1},
                        kFirst)
                .error,
            ENOSPC);
  injector_.remove(1, "b", 0);
  EXPECT_EQ(injector_.space_left("log").bytes, kPiece);
}

TEST_F(InjectorSpace, AMoveNeedsRoomWhereItLeadsAndBringsNoneAlong) {
  injector_.arm({{part("logs", "log/**", {0})}}, kFirst);
  Call move{.operation = Operation::rename, .path = "data", .inode = 1, .new_name = true, .target = "log/a"};
  EXPECT_EQ(injector_.decide(move, kFirst).error, ENOSPC);
  std::swap(move.path, move.target);
  move.inode = 2;
  EXPECT_EQ(injector_.decide(move, kFirst).error, 0);
  EXPECT_EQ(write("data", 2, 1).error, 0) << "it was first written to outside";
}

TEST_F(InjectorSpace, InodesOfAPartComeBackToIt) {
  injector_.arm({{part("mail", "mail/**", {.left_inodes = 1})}}, kFirst);
  EXPECT_EQ(make("mail/a"), 0);
  injector_.make_inode("mail/a", 0);
  injector_.make_inode("other", 0);
  EXPECT_EQ(make("mail/b"), ENOSPC);
  EXPECT_EQ(make("other2"), 0);
  injector_.remove(7, "other", 0);
  EXPECT_EQ(make("mail/b"), ENOSPC);
  injector_.remove(8, "mail/a", 0);
  EXPECT_EQ(make("mail/b"), 0);
}

TEST_F(InjectorSpace, AQuotaIsThatOfTheFilesOfItsUser) {
  injector_.arm({{Rule{"q", {}, {.full = FullEffect{2 * kPiece, {}, 1000}}}}}, kFirst);
  EXPECT_EQ(write("b", 2, 9, 0).granted, 9 * kPiece) << "another user";
  EXPECT_EQ(write("a", 1, 2, 1000).granted, 2 * kPiece);
  EXPECT_EQ(make("c", 1000), EDQUOT);
  EXPECT_EQ(make("c", 1001), 0);
  EXPECT_EQ(last_, "q error EDQUOT");
  EXPECT_FALSE(injector_.space_left("a").bytes) << "statfs tells of the volume";
  injector_.adopt(3, 0, "d", 1000);
  EXPECT_EQ(write("d", 3, 1, 0).error, EDQUOT) << "whoever writes to it";
  injector_.remove(1, "a", 1000);
  EXPECT_EQ(write("d", 3, 1, 0).error, 0);
}

TEST_F(InjectorSpace, WindowsOpenEachByItself) {
  injector_.arm({{part("early", "**", {kPiece}, {.to = seconds(1)}),
                  part("late", "**", {3 * kPiece}, {.from = seconds(2)})}},
                kFirst);
  EXPECT_EQ(write("a", 1, 2).granted, kPiece);
  EXPECT_EQ(write("b", 2, 5, 0, kFirst + seconds(1)).granted, 5 * kPiece);
  EXPECT_EQ(write("c", 3, 5, 0, kFirst + seconds(2)).granted, 3 * kPiece);
}

TEST_F(InjectorSpace, WhatIsFullIsSoWhateverEndsTheList) {
  Rule slow{"slow", {}, {.latency = LatencyEffect{seconds(1)}}, false};
  injector_.arm({{slow, part("full", "**", {0})}}, kFirst);
  const Call call{.operation = Operation::fallocate, .path = "a", .size = kPiece, .inode = 1};
  EXPECT_EQ(injector_.decide(call, kFirst).error, ENOSPC);
}

TEST_F(InjectorSpace, LoadingAgainCountsAnew) {
  injector_.arm({{part("logs", "log/**", {kPiece})}}, kFirst);
  (void)write("log/a", 1, 1);
  injector_.arm({{part("logs", "log/**", {3 * kPiece})}}, kFirst);
  EXPECT_EQ(injector_.space_left("log").bytes, 3 * kPiece);
  EXPECT_EQ(write("log/a", 1, 2).granted, 2 * kPiece);
  EXPECT_EQ(injector_.space_left("log").bytes, 2 * kPiece) << "one of the two blocks was its own";
}

}  // namespace
}  // namespace holdfast::faultfs
