#include "core/spool/recovery.h"

#include "core/spool/segment_writer.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

constexpr std::uint64_t kEpoch = 99;
const std::string kQuarantine = kDirectory + "/quarantine/";

void write_segment(SpoolWorld& world, std::uint32_t id, std::size_t count, bool footer = true) {
  auto writer = SegmentWriter::create(world.env.files, kDirectory, {.id = id, .epoch = kEpoch});
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_FALSE((*writer)->commit(Frames(count, 1 + 1000 * id).span()).error);
  if (footer) {
    EXPECT_TRUE((*writer)->finish());
  } else {
    (*writer)->abandon();
  }
}

Recovery recover_in(SpoolWorld& world) {
  Quarantine quarantine(world.env.files, kDirectory, 1 << 20);
  SeenRecords seen;
  auto recovery = recover(world.env.files, kDirectory, quarantine, seen, world.env.log);
  EXPECT_TRUE(recovery) << (recovery ? "" : recovery.error().message);
  return std::move(*recovery);
}

TEST(Recovery, AnEmptyDirectoryIsAFreshStart) {
  SpoolWorld world;
  world.run([&] {
    const auto recovery = recover_in(world);
    EXPECT_TRUE(recovery.segments.empty());
    EXPECT_EQ(recovery.next_segment, 1U);
  });
}

TEST(Recovery, FindsEverySegmentWithItsRecords) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    write_segment(world, 5, 20, false);
    const auto recovery = recover_in(world);
    ASSERT_EQ(recovery.segments.size(), 2U);
    EXPECT_EQ(recovery.records, 30U);
    EXPECT_EQ(recovery.damaged, 0U);
    EXPECT_EQ(recovery.next_segment, 6U);
    EXPECT_EQ(recovery.segments[1].info.count, 20U);
    EXPECT_TRUE(recovery.segments[1].info.sealed) << "nothing is appended to what a crash left";
  });
}

// DF-17, DF-20: damage in the middle is known by number, and only it is missing.
TEST(Recovery, NamesTheDamagedRecords) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    for (const std::uint64_t ordinal : {2, 7}) world.flip(path_of(3), at_frame(ordinal) + 25);
    const auto recovery = recover_in(world);
    EXPECT_EQ(recovery.records, 8U);
    EXPECT_EQ(recovery.damaged, 2U);
    EXPECT_EQ(recovery.segments.at(0).damaged, (std::vector<std::uint32_t>{2, 7}));
  });
}

TEST(Recovery, SkipsWhatTheCheckpointSettledAndCountsNoDamageThere) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    world.flip(path_of(3), at_frame(1));
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, {.segments = {{3, {kEpoch, 4}}}}));
    const auto recovery = recover_in(world);
    EXPECT_EQ(recovery.records, 6U);
    EXPECT_EQ(recovery.damaged, 0U);
    EXPECT_EQ(recovery.segments.at(0).settled_prefix, 4U);
  });
}

TEST(Recovery, IgnoresACheckpointOfAnotherEpoch) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, {.segments = {{3, {kEpoch + 1, 4}}}}));
    EXPECT_EQ(recover_in(world).records, 10U);
  });
}

TEST(Recovery, ADamagedCheckpointCostsDuplicatesAndNoRecord) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, {.segments = {{3, {kEpoch, 4}}}}));
    world.flip(kDirectory + "/checkpoint", 20);
    EXPECT_EQ(recover_in(world).records, 10U);
  });
}

TEST(Recovery, NextIdComesFromTheCheckpointWhenTheSegmentsAreGone) {
  SpoolWorld world;
  world.run([&] {
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, {.next_segment = 40}));
    EXPECT_EQ(recover_in(world).next_segment, 40U);
  });
}

// DF-12, DF-23, DF-29: one file that cannot be understood is set aside; the others are served.
TEST(Recovery, ASegmentWithADamagedHeaderIsQuarantinedAndCounted) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    write_segment(world, 4, 5);
    world.flip(path_of(3), 17);
    const auto recovery = recover_in(world);
    EXPECT_EQ(recovery.damaged, 10U);
    EXPECT_EQ(recovery.records, 5U);
    EXPECT_FALSE(world.exists(path_of(3)));
    EXPECT_TRUE(world.exists(kQuarantine + segment_name(3)));
    EXPECT_EQ(recover_in(world).damaged, 0U) << "and counted once";
  });
}

// DF-10: what a crash left before the first commit is nothing.
TEST(Recovery, AnEmptyFileWithoutAHeaderIsRemoved) {
  SpoolWorld world;
  world.run([&] {
    world.write(path_of(3), 0, {});
    const std::string zeros(500, '\0');
    world.write(path_of(4), 0, as_bytes(zeros));
    const auto recovery = recover_in(world);
    EXPECT_TRUE(recovery.segments.empty());
    EXPECT_EQ(recovery.damaged, 0U);
    EXPECT_FALSE(world.exists(path_of(3)));
    EXPECT_FALSE(world.exists(path_of(4)));
    EXPECT_EQ(recovery.next_segment, 5U);
  });
}

TEST(Recovery, AFileOfWhichNothingCanBeReadIsKeptForPeople) {
  SpoolWorld world;
  world.run([&] {
    const std::string rubble(500, 'x');
    world.write(path_of(3), 0, as_bytes(rubble));
    EXPECT_TRUE(recover_in(world).segments.empty());
    EXPECT_FALSE(world.exists(path_of(3)));
    EXPECT_EQ(world.size_of(kQuarantine + segment_name(3)), rubble.size());
  });
}

TEST(Recovery, ATornTailIsQuarantinedOnceAndTheRecordsBeforeItStay) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10, false);
    world.cut(path_of(3), at_frame(9) + 30);
    for (int restart = 0; restart < 3; ++restart) {
      const auto recovery = recover_in(world);
      EXPECT_EQ(recovery.records, 9U);
      EXPECT_EQ(recovery.damaged, 0U) << "it was never reported durable";
      EXPECT_EQ(recovery.torn_bytes, 30U);
      EXPECT_EQ(world.size_of(kQuarantine + segment_name(3) + ".tail"), 30U) << "restart " << restart;
    }
    EXPECT_EQ(world.size_of(path_of(3)), at_frame(9) + 30) << "the segment itself is left as it is";
  });
}

// DF-15: a start reads a tail without holding its whole segment.
TEST(Recovery, AQuarantineThatCannotBeWrittenStopsNothing) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10, false);
    world.cut(path_of(3), at_frame(9) + 30);
    world.arm({failing(Operation::mkdir, EROFS), failing(Operation::create, EROFS)});
    EXPECT_EQ(recover_in(world).records, 9U);
  });
}

// A name at the end of all numbers must not send the next id round to zero.
TEST(Recovery, AnIdOutOfTheOrdinaryIsReadAndNotCountedOnFrom) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 0xffffffff, 5);
    EXPECT_EQ(recover_in(world).records, 5U);
    EXPECT_EQ(recover_in(world).next_segment, 1U);
    auto spool = world.open();
    EXPECT_EQ(spool->commit(Frames(1).span()).placements.at(0).segment, 1U);
    const auto tended = spool->tend();
    ASSERT_EQ(tended.found.size(), 1U);
    Cursor cursor{.segment = tended.found.front()};
    std::uint64_t damaged = 0;
    EXPECT_EQ(spool->read_one(
                  cursor, 100, [](const SpooledFrame&) {}, damaged),
              5U);
    EXPECT_TRUE(spool->close());
  });
}

// DF-07, DF-14: an unreadable file stays for the next start, and so does its id.
TEST(Recovery, AFileThatCannotBeReadIsLeftForTheNextStart) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    write_segment(world, 4, 5);
    for (const auto operation : {Operation::open, Operation::read}) {
      world.arm({failing(operation, EIO, in_mount(path_of(4)))});
      const auto recovery = recover_in(world);
      EXPECT_EQ(recovery.unreadable, std::vector<std::uint32_t>{4});
      EXPECT_EQ(recovery.records, 10U);
      EXPECT_EQ(recovery.next_segment, 5U);
      EXPECT_TRUE(world.exists(path_of(4)));
    }
    world.heal();
    EXPECT_EQ(recover_in(world).records, 15U);
  });
}

// DF-19: files that are no segments are nobody's business.
TEST(Recovery, LeftoversOfOtherKindsAreIgnored) {
  SpoolWorld world;
  world.run([&] {
    write_segment(world, 3, 10);
    world.write(kDirectory + "/checkpoint.new", 0, as_bytes("half"));
    world.write(kDirectory + "/00000009.seg.tmp", 0, as_bytes("half"));
    EXPECT_TRUE(world.env.files.make_directory(kDirectory + "/00000008.old"));
    const auto recovery = recover_in(world);
    EXPECT_EQ(recovery.records, 10U);
    EXPECT_EQ(recovery.next_segment, 4U);
    EXPECT_TRUE(world.exists(kDirectory + "/00000009.seg.tmp"));
  });
}

TEST(Recovery, ADirectoryThatCannotBeListedIsAnError) {
  SpoolWorld world;
  world.run([&] {
    Quarantine quarantine(world.env.files, kDirectory, 1 << 20);
    world.arm({failing(Operation::readdir, EIO)});
    SeenRecords seen;
    EXPECT_FALSE(recover(world.env.files, kDirectory, quarantine, seen, world.env.log));
  });
}

}  // namespace
}  // namespace holdfast::spool
