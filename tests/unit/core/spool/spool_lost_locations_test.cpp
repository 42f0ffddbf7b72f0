// Locations that are lost for a while: unreadable at the start, removed, replaced, or hanging.
#include <algorithm>

#include "core/spool/spool.h"
#include "tests/unit/core/spool/locations_fixture.h"

namespace holdfast::spool {
namespace {

std::vector<faultfs::Rule> unreachable(const std::string& directory) {
  auto rule = failing(Operation::open, EIO, in_mount(directory) + "/**");
  rule.when.operations = {Operation::open, Operation::create, Operation::readdir, Operation::unlink};
  auto self = rule;
  self.name = "fails itself";
  self.when.path = in_mount(directory);
  return {rule, self};
}

// What cannot be read at the start is read when it can be, once.
TEST(SpoolLostLocations, ALocationThatOpensLateGivesItsRecordsThen) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    const auto first_epoch = spool->epoch();
    world.kill(std::move(spool));
    world.arm(unreachable(kDirectory));
    spool = world.open(kThree);
    EXPECT_EQ(spool->recovery().records, 0U);
    const auto commit = spool->commit(Frames(5, 6).span());
    EXPECT_EQ(commit.durable, 5U);
    EXPECT_EQ(directory_of(commit.placements.at(0).path), kBackup);
    EXPECT_EQ(commit.placements.at(0).segment, 1U) << "an id that the primary has used";
    const auto tended = world.heal_and_tend(*spool);
    EXPECT_TRUE(tended.restored);
    EXPECT_EQ(spool->counts().recovered, 5U);
    EXPECT_EQ(tended.found.size(), 1U);
    EXPECT_TRUE(world.heal_and_tend(*spool).found.empty()) << "it is found once";
    EXPECT_NE(spool->epoch(), first_epoch);
    EXPECT_EQ(spool->counts().unsettled, 10U);
    EXPECT_EQ(spool->commit(Frames(5, 11).span()).durable, 5U);
    auto sequences = drain(*spool, tended.found);
    std::ranges::sort(sequences);
    EXPECT_EQ(sequences, numbers(1, 15));
    EXPECT_TRUE(spool->close());
    spool = world.open(kThree);
    EXPECT_EQ(spool->recovery().records, 0U) << "and is settled for good";
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLostLocations, ASegmentThatCannotBeReadAtTheStartIsReadLater) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open({.segment_bytes = 1024});
    EXPECT_FALSE(spool->commit(Frames(30).span()).error);
    world.kill(std::move(spool));
    world.arm({failing(Operation::read, EIO, in_mount(path_of(2)))});
    spool = world.open({.segment_bytes = 1024});
    const auto found_first = spool->recovery().records;
    EXPECT_LT(found_first, 30U);
    world.env.scheduler.sleep_until(spool->tend_at());
    EXPECT_TRUE(spool->tend().found.empty()) << "not yet";
    const auto tended = world.heal_and_tend(*spool);
    ASSERT_EQ(tended.found.size(), 1U);
    EXPECT_EQ(spool->counts().recovered, 30U);
    auto sequences = drain(*spool, tended.found);
    std::ranges::sort(sequences);
    EXPECT_EQ(sequences, numbers(1, 30));
    EXPECT_TRUE(spool->close());
    EXPECT_EQ(world.segment_bytes(), 0U);
  });
}

// A failed commit whose bytes could not be cut off again leaves a copy of what went elsewhere.
TEST(SpoolLostLocations, ARecordThatLiesInTwoPlacesIsFoundOnce) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    const std::string primary = in_mount(kDirectory) + "/**";
    world.arm({failing(Operation::fsync, EIO, primary), failing(Operation::truncate, EIO, primary),
               failing(Operation::unlink, EIO, primary)});
    const auto commit = spool->commit(Frames(5, 6).span());
    EXPECT_EQ(directory_of(commit.placements.at(0).path), kBackup);
    world.kill(std::move(spool));
    world.heal();
    EXPECT_GT(world.size_of(path_of(1)), kSegmentHeaderBytes + 5 * framed_bytes(40)) << "the copies";
    spool = world.open(kThree);
    EXPECT_EQ(spool->recovery().records, 10U);
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLostLocations, WhatCouldNotBeRemovedIsRemovedLater) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    const std::string primary = in_mount(kDirectory) + "/**";
    world.arm({failing(Operation::fsync, EIO, primary), failing(Operation::unlink, EIO, primary)});
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_TRUE(world.exists(path_of(1)));
    world.heal();
    EXPECT_GT(spool->retire(), 0U);
    EXPECT_FALSE(world.exists(path_of(1)));
    EXPECT_EQ(drain(*spool), numbers(1, 5));
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLostLocations, ALocationThatWasReplacedByAFileComesBackWhenTheFileIsGone) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_TRUE(world.env.files.rename(kDirectory, "/mnt/moved"));
    world.write(kDirectory, 0, as_bytes("a file"));
    world.arm({failing(Operation::fsync, EIO, "moved/**")});  // the segment that is still open
    EXPECT_EQ(directory_of(spool->commit(Frames(5, 6).span()).placements.at(0).path), kBackup);
    Cursor cursor;
    std::uint64_t damaged = 0;
    EXPECT_FALSE(spool->read(
        cursor, 100, [](const SpooledFrame&) {}, damaged));
    EXPECT_EQ(damaged, 0U) << "records behind a path that leads nowhere are not lost";
    EXPECT_FALSE(world.heal_and_tend(*spool).restored);
    EXPECT_TRUE(world.env.files.remove(kDirectory));
    EXPECT_FALSE(spool->read(
        cursor, 100, [](const SpooledFrame&) {}, damaged));
    EXPECT_EQ(damaged, 0U) << "nor when nothing is there";
    EXPECT_TRUE(world.env.files.rename("/mnt/moved", kDirectory));
    const auto tended = world.heal_and_tend(*spool);
    EXPECT_TRUE(tended.restored);
    EXPECT_TRUE(tended.found.empty()) << "what is known is not found again";
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLostLocations, ALocationThatWasRemovedIsMadeAnew) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_TRUE(world.env.files.remove(kDirectory + "/lock"));
    EXPECT_TRUE(world.env.files.remove_directory(kDirectory));
    EXPECT_EQ(directory_of(spool->commit(Frames(5).span()).placements.at(0).path), kBackup);
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    EXPECT_EQ(directory_of(spool->commit(Frames(5, 6).span()).placements.at(0).path), kDirectory);
    EXPECT_EQ(world.try_open().error().code, Code::busy) << "and locked anew";
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

// A directory whose name may not survive a power cut is not taken for one that was there before.
TEST(SpoolLostLocations, ALocationWhoseNameCouldNotBeSyncedIsMadeAnew) {
  SpoolWorld world;
  world.run([&] {
    auto parent = failing(Operation::fsyncdir, EIO, "");
    world.arm({parent});
    auto spool = world.open({.directories = {"/mnt/late"}});
    EXPECT_FALSE(spool->counts().location);
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    const auto commit = spool->commit(Frames(5).span());
    ASSERT_EQ(commit.durable, 5U);
    const auto& place = commit.placements[0];
    EXPECT_TRUE(world.world.disk().durable(place.path, place.begin, place.end));
    EXPECT_EQ(drain(*spool), numbers(1, 5));
    EXPECT_TRUE(spool->close());
  });
}

// The life before this one made the directory and was killed before its name was durable.
TEST(SpoolLostLocations, ALocationThatIsThereIsNotTakenForDurable) {
  SpoolWorld world;
  world.run([&] {
    EXPECT_TRUE(world.env.files.make_directory("/mnt/late"));
    auto spool = world.open({.directories = {"/mnt/late"}});
    const auto commit = spool->commit(Frames(5).span());
    ASSERT_EQ(commit.durable, 5U);
    const auto& place = commit.placements[0];
    EXPECT_TRUE(world.world.disk().durable(place.path, place.begin, place.end));
    EXPECT_TRUE(spool->close());
  });
}

// A disk that hangs holds up one commit, and not all.
TEST(SpoolLostLocations, ASlowCommitIsTheLastOneThereForAWhile) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    faultfs::Rule hang{.name = "hangs",
                       .when = {.path = in_mount(kDirectory) + "/**"},
                       .effect = {.latency = faultfs::LatencyEffect{10s}}};
    world.arm({hang});
    const Time began = world.env.clock.now();
    const auto slow = spool->commit(Frames(5).span());
    EXPECT_EQ(slow.durable, 5U) << "late, but durable";
    EXPECT_EQ(directory_of(slow.placements.at(0).path), kDirectory);
    EXPECT_LE(world.env.clock.now() - began, 100s) << "ten calls at most wait for it";
    const Time later = world.env.clock.now();
    EXPECT_EQ(directory_of(spool->commit(Frames(5, 6).span()).placements.at(0).path), kBackup);
    Cursor cursor;
    std::uint64_t damaged = 0;
    EXPECT_EQ(spool
                  ->read(
                      cursor, 100, [](const SpooledFrame&) {}, damaged)
                  .error()
                  .code,
              Code::timeout);
    EXPECT_EQ(spool->retire(), 0U);
    EXPECT_TRUE(spool->save_hint());
    EXPECT_EQ(world.env.clock.now(), later) << "nothing else touches what hangs";
    world.env.scheduler.sleep_until(spool->tend_at());
    EXPECT_FALSE(spool->tend().restored) << "a trial that takes as long is none that worked";
    EXPECT_TRUE(world.heal_and_tend(*spool).restored);
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLostLocations, ASlowDiskWithoutAnotherIsUsedAllTheSame) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    world.arm({{.name = "hangs", .when = {}, .effect = {.latency = faultfs::LatencyEffect{10s}}}});
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_EQ(spool->commit(Frames(5, 6).span()).durable, 5U);
    world.heal();
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

}  // namespace
}  // namespace holdfast::spool
