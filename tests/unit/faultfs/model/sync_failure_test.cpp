// Who is told of a failed sync, when, and what the file is afterwards: the table of Rebello et al., "Can
// applications recover from fsync failures?", USENIX ATC 2020, for the four file systems.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

class SyncFailure : public testing::TestWithParam<SyncProfile> {
 protected:
  void SetUp() override { arm({.limit = 1}); }
  void arm(Trigger when) {
    injector_.arm({{Rule{"s", std::move(when), {.sync_failure = SyncFailureEffect{GetParam()}}}}}, Time{});
  }
  // Which the file held while it was so long.
  void write_over(std::uint64_t file_size) {
    const Call write{
        .operation = Operation::write, .path = "a", .size = 2, .inode = 1, .file_size = file_size};
    if (injector_.decide(write, Time{}).keeps_old)
      injector_.keep_old(1, 0, std::vector<std::byte>(2, std::byte{'o'}));
  }
  // By a handle, when so many were opened.
  Decision sync(std::uint64_t handle, std::uint64_t newest) {
    return injector_.decide(
        {.operation = Operation::fsync, .path = "a", .inode = 1, .handle = handle, .newest_handle = newest},
        Time{});
  }
  bool late() const { return GetParam() == SyncProfile::ext4_data; }

  std::string last_;
  Injector injector_{1, [this](const FaultEvent& event) { last_ = event.decision; }};
};

TEST_P(SyncFailure, LosesWhatWasDirtyAndTellsEveryOpenFileOnce) {
  const auto failed = sync(1, 2);
  EXPECT_TRUE(failed.loses_dirty);
  EXPECT_EQ(failed.error, 0);
  EXPECT_EQ(failed.answer, late() ? 0 : EIO) << "with data in the journal the failure comes out later";
  const auto again = sync(1, 3);
  EXPECT_FALSE(again.loses_dirty) << "what is clean is not written again";
  EXPECT_EQ(again.answer, late() ? EIO : 0);
  EXPECT_EQ(sync(2, 3).answer, EIO) << "it was open at the time";
  EXPECT_EQ(last_, "error EIO of an earlier sync");
  EXPECT_EQ(sync(2, 3).answer, 0) << "once";
  EXPECT_EQ(sync(3, 3).answer, late() ? EIO : 0) << "opened when somebody had been told, or nobody yet";
  EXPECT_EQ(sync(4, 4).answer, 0) << "opened when somebody had been told";
}

// A disk that fails every sync: whoever asks again hears of it, at the latest the second time.
TEST_P(SyncFailure, AFailureUponAFailureSwallowsNoNews) {
  arm({});
  EXPECT_EQ(sync(1, 1).answer, late() ? 0 : EIO);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sync(1, 1).answer, EIO);
}

TEST_P(SyncFailure, NewsOfAFailureAreNoFailure) {
  arm({.limit = 2});
  (void)sync(1, 2);
  (void)sync(2, 2);
  EXPECT_FALSE(sync(1, 2).loses_dirty);
  arm({.nth = 1});
  (void)sync(1, 2);
  const auto failures = injector_.fired("s");
  EXPECT_EQ(sync(2, 2).answer, EIO);
  EXPECT_EQ(injector_.fired("s"), failures + 1) << "it is logged";
  injector_.arm({{Rule{"s", {.nth = 1}, {.sync_failure = SyncFailureEffect{GetParam()}}},
                  Rule{"after two",
                       {.operations = {Operation::write}, .after = After{"s", 2}},
                       {.error = ErrorEffect{EIO}}}}},
                Time{});
  (void)sync(1, 2);
  (void)sync(2, 2);
  EXPECT_EQ(injector_.decide({.operation = Operation::write, .path = "a", .size = 1}, Time{}).error, 0)
      << "it failed once";
}

TEST_P(SyncFailure, WhatIsOwedIsDroppedWhenTheRulesChange) {
  (void)sync(1, 2);
  arm({.nth = 9});
  EXPECT_EQ(sync(2, 2).answer, 0);
}

TEST_P(SyncFailure, AFileGoesBackToItsLastGoodSyncAndNotBeforeTheArming) {
  const bool reverts = GetParam() == SyncProfile::btrfs;
  const auto size_after_failure = [&] { return sync(1, 1).reversal.size; };
  using Size = std::optional<std::uint64_t>;
  arm({.nth = 2});
  write_over(4);
  EXPECT_EQ(size_after_failure(), Size{}) << "a good sync";
  write_over(6);
  EXPECT_EQ(size_after_failure(), reverts ? Size{6} : Size{});
  arm({.nth = 1});
  write_over(8);
  arm({.nth = 1});
  EXPECT_EQ(size_after_failure(), Size{});
}

TEST_P(SyncFailure, WhatAStaleReadNeedsIsNotWhatTheFileGoesBackTo) {
  if (GetParam() == SyncProfile::btrfs) return;
  injector_.arm({{Rule{"s", {}, {.sync_failure = SyncFailureEffect{GetParam()}}},
                  Rule{"old", {}, {.stale = StaleEffect{}}}}},
                Time{});
  write_over(4);
  EXPECT_EQ(sync(1, 1).reversal.size, std::nullopt);
}

TEST(SyncErrors, NobodyToldWhoeverOpensTheFileUntilThenIsTold) {
  SyncErrors errors;
  errors.fail(1, 1, "rule");
  ASSERT_NE(errors.tell(1, 2, 3), nullptr);
  EXPECT_EQ(*errors.tell(1, 1, 4), "rule") << "it was open at the time";
  EXPECT_NE(errors.tell(1, 3, 4), nullptr) << "opened before anybody was told";
  EXPECT_EQ(errors.tell(1, 3, 4), nullptr) << "once";
  EXPECT_EQ(errors.tell(1, 4, 4), nullptr);
  EXPECT_EQ(errors.tell(2, 1, 4), nullptr) << "another file";
}

TEST_P(SyncFailure, OnlyBtrfsGivesUpWhatWasWritten) {
  const Call write{
      .operation = Operation::write, .path = "a", .offset = 4, .size = 4, .inode = 1, .file_size = 6};
  const bool reverts = GetParam() == SyncProfile::btrfs;
  EXPECT_EQ(injector_.decide(write, Time{}).keeps_old, reverts);
  if (!reverts) return;
  const std::vector<std::byte> old(2, std::byte{'o'});
  injector_.keep_old(1, 4, old);
  const auto failed = sync(1, 1);
  EXPECT_EQ(failed.reversal.size, 6U);
  ASSERT_EQ(failed.reversal.writes.size(), 1U);
  EXPECT_EQ(failed.reversal.writes[0].bytes, old);
  EXPECT_EQ(sync(1, 1).reversal.size, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Profiles, SyncFailure,
                         testing::Values(SyncProfile::ext4_ordered, SyncProfile::ext4_data, SyncProfile::xfs,
                                         SyncProfile::btrfs),
                         [](const auto& profile) {
                           return std::string(kSyncProfiles[static_cast<std::size_t>(profile.param)]);
                         });

}  // namespace
}  // namespace holdfast::faultfs
