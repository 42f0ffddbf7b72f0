// The spool on a disk that fails.
#include "core/spool/spool.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

TEST(SpoolFaults, AFailedSyncMovesTheBatchToANewSegmentUnderTheSameSequences) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(5).span()).error);
    world.arm({failing(Operation::fsync, EIO, in_mount(path_of(1)))});
    const auto commit = spool->commit(Frames(5, 6).span());
    EXPECT_EQ(commit.durable, 5U);
    EXPECT_FALSE(commit.error) << "the new file took them all";
    ASSERT_EQ(commit.placements.size(), 1U);
    EXPECT_EQ(commit.placements[0].segment, 2U);
    EXPECT_TRUE(world.world.disk().durable(path_of(2), commit.placements[0].begin, commit.placements[0].end));
    world.heal();
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 10));
    EXPECT_TRUE(spool->close());
    spool = world.open();
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 10)) << "nor is any of them there twice";
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolFaults, ACommitGivesUpAfterAFewSegments) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    world.arm({failing(Operation::fsync, EIO)});
    const auto commit = spool->commit(Frames(5).span());
    EXPECT_EQ(commit.durable, 0U);
    EXPECT_EQ(commit.error->code, Code::io);
    EXPECT_EQ(world.segment_bytes(), 0U) << "segments that never held a record leave no file";
    EXPECT_EQ(spool->counts().bytes, 0U);
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 5));
    EXPECT_TRUE(spool->close());
  });
}

// DF-01, DF-08, DF-31: a full disk takes what fits, refuses the rest with a reason, and goes on later.
TEST(SpoolFaults, AFullDiskTakesWhatFitsAndTheRestStaysTheCallers) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    world.arm({full(8192)});
    const auto commit = spool->commit(Frames(1000).span());
    EXPECT_EQ(commit.error->code, Code::no_space);
    EXPECT_GT(commit.durable, 100U);
    EXPECT_LT(commit.durable, 130U);
    EXPECT_EQ(spool->commit(Frames(1, 2000).span()).durable, 0U);
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    const Frames rest(1000 - commit.durable, 1 + commit.durable);
    EXPECT_EQ(spool->commit(rest.span()).durable, rest.span().size());
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 1000));
    EXPECT_TRUE(spool->close());
  });
}

// DF-18: what was accepted after space returned survives the next start.
TEST(SpoolFaults, WhatCameAfterSpaceReturnedSurvivesARestart) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    world.arm({full(4096)});
    const auto full_commit = spool->commit(Frames(100).span());
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    const auto later = spool->commit(Frames(50, 1 + full_commit.durable).span());
    EXPECT_EQ(later.durable, 50U);
    world.kill(std::move(spool));
    spool = world.open();
    EXPECT_EQ(spool->recovery().damaged, 0U);
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, full_commit.durable + 50));
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolFaults, ADirectoryThatTakesNoNewFileIsAReasonAndNotACrash) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    for (const int error : {EACCES, EMFILE, EROFS, ENOSPC, EIO}) {
      world.arm({failing(Operation::create, error)});
      const auto commit = spool->commit(Frames(5).span());
      EXPECT_EQ(commit.durable, 0U);
      EXPECT_EQ(commit.error->code, code_of_errno(error));
      EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    }
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_TRUE(spool->close());
  });
}

// DF-24: one file that cannot be removed does not keep the others.
TEST(SpoolFaults, ASegmentThatCannotBeRemovedKeepsNoOtherFromRetiring) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    for (const auto& place : read_all(*spool).places) spool->settle(place.segment, place.ordinal);
    world.arm({failing(Operation::unlink, EPERM, in_mount(path_of(1)))});
    EXPECT_EQ(spool->retire(), 2U);
    EXPECT_TRUE(world.exists(path_of(1)));
    EXPECT_FALSE(world.exists(path_of(2)));
    world.heal();
    EXPECT_EQ(spool->retire(), 1U) << "and is tried again";
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolFaults, DamageFoundWhileReadingIsSettledAndCountedOnce) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(10).span()).error);
    world.flip(path_of(1), kSegmentHeaderBytes + 3 * framed_bytes(40) + 30);
    world.flip(path_of(1), kSegmentHeaderBytes + 9 * framed_bytes(40) + 30);
    const auto read = read_all(*spool);
    EXPECT_EQ(read.sequences, (std::vector<std::uint64_t>{1, 2, 3, 5, 6, 7, 8, 9}));
    EXPECT_EQ(read.damaged, 2U);
    EXPECT_EQ(read_all(*spool).damaged, 0U);
    EXPECT_EQ(spool->counts().unsettled, 8U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolFaults, ADamagedHeaderCostsNothingWhileTheSpoolKnowsTheEpoch) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(10).span()).error);
    world.flip(path_of(1), 18);
    const auto read = read_all(*spool);
    EXPECT_EQ(read.sequences, numbers(1, 10));
    EXPECT_EQ(read.damaged, 0U);
    for (const auto& place : read.places) EXPECT_EQ(place.epoch, spool->epoch());
    EXPECT_TRUE(spool->close());
  });
}

// DF-07, DF-26: a file that somebody removed costs its own records, counted, and no other.
TEST(SpoolFaults, AMissingSegmentIsCountedAndPassedOver) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    EXPECT_TRUE(world.env.files.remove(path_of(2)));
    const auto read = read_all(*spool);
    EXPECT_FALSE(read.error);
    EXPECT_GT(read.damaged, 5U);
    EXPECT_EQ(read.sequences.size() + read.damaged, 50U);
    EXPECT_EQ(read.sequences.back(), 50U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolFaults, AReadThatFailsLosesNeitherItsPlaceNorItsCount) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    world.flip(path_of(1), kSegmentHeaderBytes + 30);
    world.arm({failing(Operation::read, EIO, in_mount(path_of(2)))});
    Cursor cursor;
    std::vector<std::uint64_t> sequences;
    std::uint64_t damaged = 0;
    auto take = [&](const SpooledFrame& frame) { sequences.push_back(frame.sequence); };
    EXPECT_FALSE(spool->read(cursor, 100, take, damaged));
    EXPECT_EQ(damaged, 1U);
    EXPECT_FALSE(sequences.empty());
    world.heal();
    EXPECT_TRUE(spool->read(cursor, 100, take, damaged));
    EXPECT_EQ(sequences, numbers(2, 50)) << "each once";
    EXPECT_TRUE(spool->close());
  });
}

// A spool on a broken disk opens all the same, with nothing to commit to, and holds no lock meanwhile.
TEST(SpoolFaults, OpeningAFailingDirectoryLeavesNoLockBehind) {
  SpoolWorld world;
  world.run([&] {
    world.arm({failing(Operation::readdir, EIO)});
    auto blind = world.open();
    EXPECT_EQ(blind->commit(Frames(1).span()).error->code, Code::unavailable);
    EXPECT_FALSE(blind->counts().location);
    world.heal();
    auto spool = world.open();
    EXPECT_TRUE(spool->close());
    EXPECT_TRUE(blind->close());
  });
}

TEST(SpoolFaults, ClosingOnAFailingDiskFreesTheLockAndKeepsWhatIsDurable) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(10).span()).error);
    world.arm({failing(Operation::fsync, EIO), failing(Operation::create, EROFS)});
    EXPECT_FALSE(spool->close()) << "the hint could not be saved, and close() says so";
    world.heal();
    spool = world.open();
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

// DF-14: a spool is as sound after a crash at every byte of its last segment as its whole frames say.
TEST(SpoolFaults, ACrashThatCutsAnywhereLeavesTheWholeFramesBeforeTheCut) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(6).span()).error);
    world.kill(std::move(spool));
    for (std::uint64_t size = world.size_of(path_of(1)); size-- > kSegmentHeaderBytes;) {
      world.cut(path_of(1), size);
      spool = world.open();
      const std::uint64_t whole = (size - kSegmentHeaderBytes) / framed_bytes(40);
      EXPECT_EQ(read_all(*spool).sequences, numbers(1, whole)) << size;
      world.kill(std::move(spool));
    }
  });
}

}  // namespace
}  // namespace holdfast::spool
