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
  void SetUp() override {
    injector_.arm({{Rule{"s", {.limit = 1}, {.sync_failure = SyncFailureEffect{GetParam()}}}}}, Time{});
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
  EXPECT_EQ(sync(3, 3).answer, 0) << "opened when somebody had been told";
}

TEST(SyncErrors, NobodyToldTheFirstThatComesLaterIsTold) {
  SyncErrors errors;
  errors.fail(1, 1, "rule");
  ASSERT_NE(errors.tell(1, 2), nullptr);
  EXPECT_EQ(*errors.tell(1, 1), "rule") << "it was open at the time";
  EXPECT_EQ(errors.tell(1, 3), nullptr);
  EXPECT_EQ(errors.tell(2, 1), nullptr);
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
