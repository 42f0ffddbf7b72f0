#include "core/spool/segment_writer.h"

#include "core/spool/segment_reader.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

const std::string kWrittenPath = path_of(7);

std::unique_ptr<SegmentWriter> create(SpoolWorld& world) {
  auto writer = SegmentWriter::create(world.env.files, kDirectory, {.id = 7, .epoch = 99});
  EXPECT_TRUE(writer) << (writer ? "" : writer.error().message);
  return std::move(*writer);
}

TEST(SegmentWriter, OneCommitIsOneSyncAndThenAllItsFramesAreDurable) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    const auto syncs = world.world.disk().syncs();
    const auto commit = writer->commit(Frames(500).span());
    EXPECT_EQ(commit.durable, 500U);
    EXPECT_FALSE(commit.error);
    EXPECT_EQ(world.world.disk().syncs(), syncs + 1);
    EXPECT_TRUE(world.world.disk().durable(kWrittenPath, commit.begin, commit.end));
    EXPECT_EQ(commit.end - commit.begin, 500 * framed_bytes(40));
    EXPECT_TRUE(writer->finish());
  });
}

TEST(SegmentWriter, TheNameIsDurableAfterTheFirstCommitAndNotBefore) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    EXPECT_FALSE(world.world.disk().durable_bytes(kWrittenPath));
    EXPECT_EQ(writer->commit(Frames(1).span()).durable, 1U);
    EXPECT_TRUE(world.world.disk().durable_bytes(kWrittenPath));
    EXPECT_TRUE(writer->finish());
  });
}

TEST(SegmentWriter, NothingIsClaimedWhileTheNameCannotBeMadeDurable) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    world.arm({failing(Operation::fsyncdir, EIO)});
    const auto commit = writer->commit(Frames(3).span());
    EXPECT_EQ(commit.durable, 0U);
    EXPECT_EQ(commit.error->code, Code::io);
    EXPECT_TRUE(writer->broken());
    EXPECT_EQ(writer->bytes(), 0U);
    writer->abandon();
  });
}

TEST(SegmentWriter, OrdinalsAndBytesGoOnOverCommits) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    const auto first = writer->commit(Frames(2).span());
    const auto second = writer->commit(Frames(3, 3).span());
    EXPECT_EQ(first.begin, kSegmentHeaderBytes);
    EXPECT_EQ(second.first_ordinal, 2U);
    EXPECT_EQ(second.begin, first.end);
    EXPECT_EQ(writer->count(), 5U);
    EXPECT_TRUE(writer->finish());
    EXPECT_EQ(world.size_of(kWrittenPath), second.end + framed_bytes(0)) << "frames and a footer";
    EXPECT_TRUE(world.world.disk().durable(kWrittenPath, 0, world.size_of(kWrittenPath)));
  });
}

// DF-01, DF-02, DF-28: at the edge of a full disk whole frames are kept and synced, a torn one is not.
TEST(SegmentWriter, AtTheEdgeOfAFullDiskWholeFramesStayAndAreDurable) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    world.arm({full(4096)});
    const auto commit = writer->commit(Frames(100, 1, 50).span());
    const std::uint64_t fits = (4096 - kSegmentHeaderBytes) / framed_bytes(50);
    EXPECT_EQ(commit.durable, fits);
    EXPECT_EQ(commit.error->code, Code::no_space);
    EXPECT_TRUE(world.world.disk().durable(kWrittenPath, commit.begin, commit.end));
    EXPECT_EQ(world.size_of(kWrittenPath), kSegmentHeaderBytes + fits * framed_bytes(50))
        << "the torn frame is cut";
    EXPECT_TRUE(writer->broken());
    writer->abandon();
  });
}

TEST(SegmentWriter, NoRoomForOneFrameLeavesNothingClaimed) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    world.arm({full(0)});
    const auto commit = writer->commit(Frames(3).span());
    EXPECT_EQ(commit.durable, 0U);
    EXPECT_EQ(commit.error->code, Code::no_space);
    writer->abandon();
  });
}

TEST(SegmentWriter, AFailedSyncCutsBackToTheLastSyncedByte) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    const auto good = writer->commit(Frames(5).span());
    world.arm({failing(Operation::fsync, EIO)});
    const auto bad = writer->commit(Frames(5, 6).span());
    EXPECT_EQ(bad.durable, 0U);
    EXPECT_EQ(bad.error->code, Code::io);
    EXPECT_TRUE(writer->broken());
    EXPECT_EQ(writer->count(), 5U);
    EXPECT_EQ(writer->bytes(), good.end);
    EXPECT_EQ(world.size_of(kWrittenPath), good.end);
    EXPECT_TRUE(world.world.disk().durable(kWrittenPath, good.begin, good.end))
        << "what was claimed stays so";
    writer->abandon();
  });
}

TEST(SegmentWriter, AFooterThatCannotBeSyncedIsTakenBack) {
  SpoolWorld world;
  world.run([&] {
    auto writer = create(world);
    const auto commit = writer->commit(Frames(5).span());
    world.arm({failing(Operation::fsync, EIO)});
    EXPECT_FALSE(writer->finish());
    EXPECT_EQ(world.size_of(kWrittenPath), commit.end);
  });
}

TEST(SegmentWriter, AnExistingFileIsNeverOverwritten) {
  SpoolWorld world;
  world.run([&] {
    world.write(kWrittenPath, 0, as_bytes("precious"));
    const auto writer = SegmentWriter::create(world.env.files, kDirectory, {.id = 7, .epoch = 99});
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, Code::exists);
    EXPECT_EQ(as_text(*world.world.disk().visible_bytes(kWrittenPath)), "precious");
  });
}

}  // namespace
}  // namespace holdfast::spool
