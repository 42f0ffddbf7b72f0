// The spool on a sound disk: order, places, bounds, retirement, restarts. With faults: spool_faults_test.
#include "core/spool/spool.h"

#include <set>

#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

void settle_all(Spool& spool) {
  for (const auto& place : read_all(spool).places) spool.settle(place.segment, place.ordinal);
}

TEST(Spool, GivesBackWhatWasCommittedInOrder) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    const auto commit = spool->commit(Frames(100).span());
    EXPECT_EQ(commit.durable, 100U);
    ASSERT_EQ(commit.placements.size(), 1U);
    EXPECT_TRUE(world.world.disk().durable(commit.placements[0].path, commit.placements[0].begin,
                                           commit.placements[0].end));
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 100));
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, OneCommitMaySpreadOverSegments) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    const auto commit = spool->commit(Frames(100).span());
    EXPECT_EQ(commit.durable, 100U);
    EXPECT_GT(commit.placements.size(), 5U);
    std::size_t placed = 0;
    for (const auto& placement : commit.placements) {
      EXPECT_TRUE(world.world.disk().durable(placement.path, placement.begin, placement.end));
      EXPECT_EQ(placement.end - placement.begin, placement.count * framed_bytes(40));
      placed += placement.count;
    }
    EXPECT_EQ(placed, 100U);
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 100));
    EXPECT_GT(spool->counts().sealed, 4U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, ReadsInPortionsFromACursor) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    Cursor cursor;
    std::vector<std::uint64_t> sequences;
    std::uint64_t damaged = 0;
    while (!spool->at_end(cursor)) {
      auto taken = spool->read(
          cursor, 7, [&](const SpooledFrame& frame) { sequences.push_back(frame.sequence); }, damaged);
      ASSERT_TRUE(taken);
      EXPECT_LE(*taken, 7U);
    }
    EXPECT_EQ(sequences, numbers(1, 50));
    EXPECT_FALSE(spool->commit(Frames(3, 51).span()).error);
    EXPECT_FALSE(spool->at_end(cursor));
    EXPECT_EQ(read_all(*spool, cursor).sequences, numbers(51, 53));
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, ReadsOneSegmentAloneToItsEnd) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    Cursor cursor{.segment = 2};
    std::vector<std::uint64_t> sequences;
    std::uint64_t damaged = 0;
    auto take = [&](const SpooledFrame& frame) { sequences.push_back(frame.sequence); };
    EXPECT_FALSE(spool->read_through(cursor));
    EXPECT_TRUE(spool->read_one(cursor, 5, take, damaged));
    EXPECT_FALSE(spool->read_through(cursor));
    EXPECT_TRUE(spool->read_one(cursor, 1000, take, damaged));
    EXPECT_TRUE(spool->read_through(cursor));
    EXPECT_EQ(sequences, numbers(sequences.front(), sequences.back()));
    EXPECT_EQ(spool->read_one(cursor, 1000, take, damaged), 0U);
    EXPECT_LT(sequences.back(), 50U);
    EXPECT_FALSE(spool->read_through({.segment = spool->end().segment, .ordinal = spool->end().ordinal}))
        << "more may come to the active segment";
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, HandsOutNothingSettled) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(4).span()).error);
    EXPECT_TRUE(spool->settle(1, 1));
    EXPECT_FALSE(spool->settle(1, 1));
    EXPECT_EQ(read_all(*spool).sequences, (std::vector<std::uint64_t>{1, 3, 4}));
    EXPECT_EQ(spool->counts().unsettled, 3U);
    EXPECT_TRUE(spool->close());
  });
}

// DF-21, DF-24: what was delivered gives its room back.
TEST(Spool, ASegmentRetiresOnceItIsSealedAndSettled) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(20).span()).error);
    EXPECT_EQ(spool->retire(), 0U);
    settle_all(*spool);
    EXPECT_EQ(spool->retire(), 1U) << "the active segment stays";
    EXPECT_FALSE(world.exists(path_of(1)));
    EXPECT_TRUE(world.exists(path_of(2)));
    EXPECT_EQ(spool->counts().bytes, world.segment_bytes());
    EXPECT_TRUE(spool->close());
    EXPECT_FALSE(world.exists(path_of(2))) << "it was sealed and settled at the end";
  });
}

TEST(Spool, HoldsNoMoreThanItsMaximumNotByOneByte) {
  SpoolWorld world;
  world.run([&] {
    for (std::uint64_t max_bytes = 8192; max_bytes < 8192 + 200; max_bytes += 8) {
      auto spool = world.open({.max_bytes = max_bytes, .segment_bytes = 1024});
      const auto commit = spool->commit(Frames(1000).span());
      ASSERT_TRUE(commit.error);
      EXPECT_EQ(commit.error->code, Code::no_space);
      EXPECT_GT(commit.durable, 100U);
      EXPECT_LE(world.segment_bytes(), max_bytes);
      EXPECT_EQ(spool->counts().bytes, world.segment_bytes());
      settle_all(*spool);
      EXPECT_TRUE(spool->close());
      EXPECT_EQ(world.segment_bytes(), 0U);
    }
  });
}

TEST(Spool, TakesRecordsAgainOnceSegmentsRetired) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.max_bytes = 8192, .segment_bytes = 1024});
    const auto first = spool->commit(Frames(1000).span());
    EXPECT_EQ(spool->commit(Frames(1, 2000).span()).durable, 0U);
    settle_all(*spool);
    EXPECT_GT(spool->retire(), 0U);
    EXPECT_EQ(spool->commit(Frames(10, 2000).span()).durable, 10U);
    EXPECT_EQ(read_all(*spool).sequences, numbers(2000, 2009));
    EXPECT_GT(first.durable, 0U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, OnlyOneTrackerUsesADirectory) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    const auto second = world.try_open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_NE(second.error().message.find(kDirectory), std::string::npos);
    EXPECT_TRUE(spool->close());
    EXPECT_TRUE(world.open()->close());
  });
}

TEST(Spool, ARestartFindsWhatWasNotSettledUnderItsOldIdentity) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    const auto epoch = spool->epoch();
    EXPECT_FALSE(spool->commit(Frames(10).span()).error);
    EXPECT_TRUE(spool->close());
    spool = world.open();
    EXPECT_NE(spool->epoch(), epoch);
    EXPECT_EQ(spool->recovery().records, 10U);
    EXPECT_FALSE(spool->commit(Frames(2, 1).span()).error);
    const auto read = read_all(*spool);
    ASSERT_EQ(read.places.size(), 12U);
    EXPECT_EQ(read.places[9].epoch, epoch);
    EXPECT_EQ(read.places[10].epoch, spool->epoch());
    EXPECT_TRUE(spool->close());
  });
}

TEST(Spool, NoTwoLivesShareAnEpochEvenWhenTheyDrawTheSameNumbers) {
  SpoolWorld world;
  world.run([&] {
    std::set<std::uint64_t> epochs;
    for (int life = 0; life < 5; ++life) {
      world.lives = 0;
      auto spool = world.open();
      EXPECT_TRUE(epochs.insert(spool->epoch()).second) << "life " << life;
      EXPECT_FALSE(spool->commit(Frames(3).span()).error);
      settle_all(*spool);
      EXPECT_TRUE(spool->close());
    }
  });
}

// DF-22, DF-32: what the checkpoint settled is not sent again, neither whole segments nor their ends.
TEST(Spool, ARestartDoesNotSendAgainWhatTheCheckpointSettled) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(40).span()).error);
    const auto read = read_all(*spool);
    for (std::size_t i = 0; i < 33; ++i) spool->settle(read.places[i].segment, read.places[i].ordinal);
    EXPECT_TRUE(spool->save_hint());
    world.kill(std::move(spool));
    for (int restart = 0; restart < 3; ++restart) {
      spool = world.open({.segment_bytes = 1024});
      EXPECT_EQ(read_all(*spool).sequences, numbers(34, 40)) << "restart " << restart;
      EXPECT_TRUE(spool->close());
    }
  });
}

TEST(Spool, IdsAreNotUsedAgainEvenWhenEverySegmentIsGone) {
  SpoolWorld world;
  world.run([&] {
    std::uint32_t last = 0;
    for (int life = 0; life < 5; ++life) {
      auto spool = world.open();
      const auto commit = spool->commit(Frames(3).span());
      ASSERT_EQ(commit.placements.size(), 1U);
      EXPECT_GT(commit.placements[0].segment, last);
      last = commit.placements[0].segment;
      settle_all(*spool);
      EXPECT_TRUE(spool->close());
      EXPECT_EQ(world.segment_bytes(), 0U);
    }
  });
}

// DF-05: a crash while files roll leaves neither side waiting for the other.
TEST(Spool, ACrashBeforeTheFirstCommitOfASegmentCostsNothing) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(14).span()).error);
    world.kill(std::move(spool));
    world.write(path_of(2), 0, {});
    spool = world.open();
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 14));
    EXPECT_EQ(spool->commit(Frames(1, 15).span()).durable, 1U);
    EXPECT_EQ(read_all(*spool).sequences, numbers(1, 15));
    EXPECT_TRUE(spool->close());
  });
}

}  // namespace
}  // namespace holdfast::spool
