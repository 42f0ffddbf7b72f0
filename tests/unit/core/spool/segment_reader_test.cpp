#include "core/spool/segment_reader.h"

#include "core/spool/segment_writer.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

using Step = SegmentReader::Step;

const std::string kReadPath = path_of(7);

void write_segment(SpoolWorld& world, const Frames& frames, bool footer = true) {
  auto writer = SegmentWriter::create(world.env.files, kDirectory, {.id = 7, .epoch = 99});
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_FALSE((*writer)->commit(frames.span()).error);
  if (footer) {
    EXPECT_TRUE((*writer)->finish());
  } else {
    (*writer)->abandon();
  }
}

std::vector<std::uint64_t> read_on(SegmentReader& reader) {
  std::vector<std::uint64_t> sequences;
  FrameView frame;
  for (;;) {
    auto step = reader.next(frame);
    EXPECT_TRUE(step) << (step ? "" : step.error().message);
    if (!step || *step == Step::end) return sequences;
    EXPECT_EQ(as_text(frame.payload), text_of(frame.sequence, frame.payload.size()));
    sequences.push_back(frame.sequence);
  }
}

TEST(SegmentReader, GivesEveryFrameInOrderAndEndsAtTheFooter) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(20));
    SegmentReader reader(world.env.files, kReadPath);
    EXPECT_EQ(reader.open()->epoch, 99U);
    EXPECT_EQ(read_on(reader), numbers(1, 20));
    EXPECT_TRUE(reader.footer());
    EXPECT_EQ(reader.skipped(), 0U);
    EXPECT_EQ(reader.torn_bytes(), 0U);
    reader.close();
  });
}

TEST(SegmentReader, FramesMayLieAcrossTheEdgeOfWhatIsReadAtOnce) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(3000, 1, 225));  // 248 bytes each: 256 KiB is no multiple
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader), numbers(1, 3000));
    reader.close();
  });
}

TEST(SegmentReader, TheLongestPayloadLiesAcrossTheEdgeToo) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(200, 1, kMaxPayloadBytes));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader), numbers(1, 200));
    reader.close();
  });
}

// DF-12, DF-13: damage in the middle costs the damaged records, counted, and none behind them.
TEST(SegmentReader, GoesOnBehindDamageAndCountsExactlyWhatIsMissing) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(20));
    for (const std::uint64_t ordinal : {3, 4, 5, 11}) world.flip(kReadPath, at_frame(ordinal) + 30);
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    const auto sequences = read_on(reader);
    EXPECT_EQ(sequences.size(), 16U);
    EXPECT_EQ(sequences[3], 7U) << "behind the gap of three";
    EXPECT_EQ(reader.skipped(), 4U);
    reader.close();
  });
}

TEST(SegmentReader, ADamagedLengthDoesNotHideTheFramesBehindIt) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(20));
    world.write(kReadPath, at_frame(2) + 4, as_bytes("\xff\x0f"));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader).size(), 19U);
    EXPECT_EQ(reader.skipped(), 1U);
    reader.close();
  });
}

TEST(SegmentReader, DamageAcrossAnEdgeOfReadingIsPassedOver) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10'000));
    const std::string zeros(300 * 1024, '\0');
    world.write(kReadPath, at_frame(1000), as_bytes(zeros));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader).size(), 10'000 - zeros.size() / framed_bytes(40));
    EXPECT_EQ(reader.skipped(), zeros.size() / framed_bytes(40));
    reader.close();
  });
}

TEST(SegmentReader, AFooterTellsOfDamagedLastRecords) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(20));
    for (const std::uint64_t ordinal : {18, 19}) world.flip(kReadPath, at_frame(ordinal));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader), numbers(1, 18));
    EXPECT_EQ(reader.skipped(), 2U);
    EXPECT_EQ(reader.torn_bytes(), 0U);
    EXPECT_EQ(reader.expected_ordinal(), 20U);
    reader.close();
  });
}

// DF-03: a torn write ends the segment; nothing loops, nothing before it is lost.
TEST(SegmentReader, StopsAtATornTailAndSaysWhereAndHowLong) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10), false);
    world.cut(kReadPath, at_frame(9) + 35);
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader), numbers(1, 9));
    EXPECT_FALSE(reader.footer());
    EXPECT_EQ(reader.torn_offset(), at_frame(9));
    EXPECT_EQ(reader.torn_bytes(), 35U);
    EXPECT_EQ(reader.skipped(), 0U);
    reader.close();
  });
}

TEST(SegmentReader, ATailOfZerosIsNoTornTail) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10), false);
    const std::string zeros(1000, '\0');
    world.write(kReadPath, at_frame(10), as_bytes(zeros));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    EXPECT_EQ(read_on(reader), numbers(1, 10));
    EXPECT_EQ(reader.torn_bytes(), 0U);
    reader.close();
  });
}

TEST(SegmentReader, ReadsNoFurtherThanItsLimit) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open(at_frame(6)));
    EXPECT_EQ(read_on(reader), numbers(1, 6));
    reader.close();
  });
}

TEST(SegmentReader, GoesOnFromAnOffset) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    reader.seek(at_frame(4), 4);
    EXPECT_EQ(read_on(reader), numbers(5, 10));
    EXPECT_EQ(reader.skipped(), 0U);
    reader.close();
  });
}

TEST(SegmentReader, BehindADamagedHeaderTheFramesCanStillBeRead) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10));
    world.flip(kReadPath, 20);
    SegmentReader reader(world.env.files, kReadPath);
    const auto header = reader.open();
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code, Code::corrupted);
    EXPECT_EQ(read_on(reader), numbers(1, 10));
    reader.close();
  });
}

TEST(SegmentReader, AHeaderOfAnotherSegmentIsDamage) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10));
    ASSERT_TRUE(world.env.files.rename(kReadPath, path_of(8)));
    SegmentReader reader(world.env.files, path_of(8));
    EXPECT_FALSE(reader.open());
    EXPECT_EQ(read_on(reader).size(), 0U) << "and so are its frames";
    reader.close();
  });
}

TEST(SegmentReader, AFileThatCannotBeReadIsAnErrorAndNotAnEnd) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, Frames(10'000));
    SegmentReader reader(world.env.files, kReadPath);
    ASSERT_TRUE(reader.open());
    world.arm({failing(Operation::read, EIO)});
    FrameView frame;
    Result<Step> step = Step::frame;
    while (step && *step == Step::frame) step = reader.next(frame);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, Code::io);
    world.heal();
    EXPECT_EQ(read_on(reader).back(), 10'000U) << "and reading goes on once it can";
    reader.close();
  });
}

}  // namespace
}  // namespace holdfast::spool
