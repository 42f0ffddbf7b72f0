// A spool with a backup and an emergency location, on disks that fail one after the other.
#include <algorithm>

#include "core/spool/inspect.h"
#include "core/spool/spool.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

const std::string kBackup = "/mnt/backup";
const std::string kEmergency = "/mnt/emergency";

const SpoolSettings kThree = {.directories = {kDirectory, kBackup, kEmergency}};

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::vector<faultfs::Rule> broken(const std::string& directory) {
  return {failing(Operation::write, EIO, in_mount(directory) + "/**")};
}
std::vector<faultfs::Rule> unreachable(const std::string& directory) {
  auto rule = failing(Operation::open, EIO, in_mount(directory) + "/**");
  rule.when.operations = {Operation::open, Operation::create, Operation::readdir, Operation::unlink};
  auto self = rule;
  self.name = "fails itself";
  self.when.path = in_mount(directory);
  return {rule, self};
}

// Sequences that the whole spool holds, apart or in order; each settled as it is read.
std::vector<std::uint64_t> drain(Spool& spool, std::vector<std::uint32_t> apart = {}) {
  std::vector<std::uint64_t> sequences;
  std::uint64_t damaged = 0;
  const auto take = [&](const SpooledFrame& frame) {
    sequences.push_back(frame.sequence);
    EXPECT_TRUE(spool.settle(frame.segment, frame.ordinal));
  };
  for (Cursor cursor; !spool.at_end(cursor);) EXPECT_TRUE(spool.read(cursor, 1'000'000, take, damaged));
  for (const std::uint32_t segment : apart) {
    Cursor cursor{.segment = segment};
    EXPECT_TRUE(spool.read_one(cursor, 1'000'000, take, damaged));
    EXPECT_TRUE(spool.read_through(cursor));
  }
  return sequences;
}

TEST(SpoolLocations, TheGroupOfAFailedCommitGoesToTheNextLocationAtOnce) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_FALSE(spool->commit(Frames(5).span()).error);
    world.arm(broken(kDirectory));
    const Time before = world.env.clock.now();
    const auto commit = spool->commit(Frames(5, 6).span());
    EXPECT_EQ(world.env.clock.now(), before) << "nothing was waited for";
    EXPECT_EQ(commit.durable, 5U);
    EXPECT_FALSE(commit.error);
    ASSERT_EQ(commit.placements.size(), 1U);
    const auto& place = commit.placements[0];
    EXPECT_EQ(directory_of(place.path), kBackup);
    EXPECT_TRUE(world.world.disk().durable(place.path, place.begin, place.end));
    EXPECT_EQ(spool->counts().location, 1U);
    EXPECT_EQ(spool->counts().fallbacks, 1U);
    EXPECT_GT(spool->counts().bytes_in[0], 0U);
    EXPECT_GT(spool->counts().bytes_in[1], 0U);
    EXPECT_EQ(spool->counts().bytes_in[0] + spool->counts().bytes_in[1], spool->counts().bytes);
    EXPECT_EQ(drain(*spool), numbers(1, 10)) << "in the order in which they came";
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, WhatTheFirstLocationTookOfAGroupStaysThere) {
  SpoolWorld world;
  world.run([&] {
    SpoolSettings settings = kThree;
    settings.segment_bytes = 1024;
    auto spool = world.open(settings);
    std::vector<faultfs::Rule> rules{failing(Operation::create, ENOSPC, in_mount(kBackup) + "/**")};
    for (std::uint32_t id = 3; id < 6; ++id)
      rules.push_back(failing(Operation::create, EIO, in_mount(path_of(id))));
    world.arm(rules);
    const auto commit = spool->commit(Frames(1000).span());
    EXPECT_EQ(commit.durable, 1000U);
    EXPECT_EQ(directory_of(commit.placements.at(1).path), kDirectory);
    EXPECT_EQ(directory_of(commit.placements.at(2).path), kEmergency) << "past a backup that fails too";
    EXPECT_EQ(spool->counts().fallbacks, 1U);
    EXPECT_EQ(drain(*spool), numbers(1, 1000));
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, WhenAllFailTheGroupStaysTheCallersAndGoesToWhatHeals) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    world.arm({failing(Operation::fsync, EIO)});
    const auto refused = spool->commit(Frames(5).span());
    EXPECT_EQ(refused.durable, 0U);
    EXPECT_EQ(refused.error->code, Code::io);
    EXPECT_FALSE(spool->counts().location);
    EXPECT_EQ(spool->commit(Frames(5).span()).error->code, Code::unavailable) << "and no disk is asked";
    world.arm({failing(Operation::fsync, EIO, in_mount(kDirectory) + "/**")});
    world.env.scheduler.sleep_until(world.env.clock.now() + 1s);
    EXPECT_FALSE(spool->tend().restored);
    EXPECT_TRUE(spool->tend().restored);
    const auto commit = spool->commit(Frames(5).span());
    EXPECT_EQ(commit.durable, 5U);
    EXPECT_EQ(directory_of(commit.placements.at(0).path), kBackup);
    EXPECT_EQ(drain(*spool), numbers(1, 5));
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, ThePrimaryIsWrittenAgainOnceAFileThatNobodyMissesWorkedThere) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    world.arm(broken(kDirectory));
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    for (int i = 0; i < 10; ++i) {
      world.env.scheduler.sleep_until(spool->tend_at());
      EXPECT_FALSE(spool->tend().restored);
      EXPECT_EQ(spool->commit(Frames(1, 6 + i).span()).durable, 1U);
    }
    EXPECT_EQ(spool->counts().fallbacks, 1U) << "no record took part in the trials";
    world.heal();
    const Duration pause = spool->tend_at() - world.env.clock.now();
    EXPECT_LE(pause, 30s) << "the longest pause";
    EXPECT_GT(pause, 1s) << "and it had grown";
    world.env.scheduler.sleep_until(spool->tend_at());
    EXPECT_TRUE(spool->tend().restored);
    EXPECT_FALSE(world.exists(kDirectory + "/probe"));
    const auto commit = spool->commit(Frames(5, 16).span());
    EXPECT_EQ(directory_of(commit.placements.at(0).path), kDirectory);
    EXPECT_EQ(drain(*spool), numbers(1, 20));
    EXPECT_EQ(spool->retire(), 1U) << "the backup's was sealed when it was left";
    EXPECT_EQ(spool->counts().bytes_in[1], 0U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, MaxBytesIsOverAllOfThem) {
  SpoolWorld world;
  world.run([&] {
    SpoolSettings settings = kThree;
    settings.max_bytes = 8192;
    settings.segment_bytes = 1024;
    auto spool = world.open(settings);
    EXPECT_FALSE(spool->commit(Frames(50).span()).error);
    world.arm(broken(kDirectory));
    const auto commit = spool->commit(Frames(1000, 51).span());
    EXPECT_EQ(commit.error->code, Code::no_space);
    EXPECT_GT(commit.durable, 0U);
    EXPECT_LE(spool->counts().bytes, 8192U);
    EXPECT_EQ(spool->counts().location, 1U) << "a full spool is no failure of its location";
    EXPECT_EQ(drain(*spool), numbers(1, 50 + commit.durable));
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, ARestartMergesAllOfThemInOrder) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    world.arm(broken(kDirectory));
    EXPECT_EQ(spool->commit(Frames(5, 6).span()).durable, 5U);
    world.heal_and_tend(*spool);
    EXPECT_EQ(spool->commit(Frames(5, 11).span()).durable, 5U);
    world.kill(std::move(spool));
    spool = world.open(kThree);
    EXPECT_EQ(spool->recovery().records, 15U);
    EXPECT_EQ(drain(*spool), numbers(1, 15));
    EXPECT_TRUE(spool->close());
    for (const auto& directory : kThree.directories) {
      const auto inspection = inspect(world.env.files, directory, [](const InspectedFrame&) {});
      ASSERT_TRUE(inspection);
      EXPECT_EQ(inspection->segments, 0U) << directory;
    }
  });
}

// What cannot be read at the start is read when it can be, once.
TEST(SpoolLocations, ALocationThatOpensLateGivesItsRecordsThen) {
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

TEST(SpoolLocations, ASegmentThatCannotBeReadAtTheStartIsReadLater) {
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
TEST(SpoolLocations, ARecordThatLiesInTwoPlacesIsFoundOnce) {
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

TEST(SpoolLocations, WhatCouldNotBeRemovedIsRemovedLater) {
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

TEST(SpoolLocations, OnlyOneTrackerUsesAnyOfThem) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    const auto second = world.try_open({.directories = {"/mnt/own", kBackup}});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_NE(second.error().message.find(kBackup), std::string::npos);
    auto third = world.open({.directories = {"/mnt/own"}});
    EXPECT_TRUE(third->close()) << "the one that was refused holds no lock of its own either";
    EXPECT_TRUE(spool->close());
    EXPECT_TRUE(world.open(kThree)->close());
  });
}

TEST(SpoolLocations, ADirectoryInTheWayOfAFileIsAFailureLikeAnyOther) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_TRUE(world.env.files.make_directory(path_of(2)));
    EXPECT_TRUE(world.env.files.make_directory(kDirectory + "/probe"));
    world.arm({failing(Operation::fsync, EIO, in_mount(path_of(1)))});
    const auto commit = spool->commit(Frames(5, 6).span());
    EXPECT_EQ(commit.durable, 5U);
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, ALocationThatWasReplacedByAFileComesBackWhenTheFileIsGone) {
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

TEST(SpoolLocations, ALocationThatWasRemovedIsMadeAnew) {
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
TEST(SpoolLocations, ALocationWhoseNameCouldNotBeSyncedIsMadeAnew) {
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

// A disk that hangs holds up one commit, and not all.
TEST(SpoolLocations, ASlowCommitIsTheLastOneThereForAWhile) {
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

TEST(SpoolLocations, ASlowDiskWithoutAnotherIsUsedAllTheSame) {
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

TEST(SpoolLocations, RefusedRecordsAreKeptWhereTheyCanBe) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    world.arm(broken(kDirectory));
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    EXPECT_TRUE(spool->keep_refused(as_bytes("refused")));
    EXPECT_EQ(world.size_of(kBackup + "/quarantine/refused.frames"), 7U);
    world.heal();
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolLocations, TheLastChanceIsForThoseThatFailWhenNoneIsUsable) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kThree);
    world.arm(broken(kDirectory));
    EXPECT_EQ(spool->commit(Frames(5).span()).durable, 5U);
    spool->last_chance();
    EXPECT_EQ(spool->counts().location, 1U) << "what works is not put at risk";
    world.arm({failing(Operation::write, EIO)});
    EXPECT_TRUE(spool->commit(Frames(5, 6).span()).error);
    EXPECT_FALSE(spool->counts().location);
    world.heal();
    spool->last_chance();
    EXPECT_EQ(spool->commit(Frames(5, 6).span()).durable, 5U);
    EXPECT_EQ(drain(*spool), numbers(1, 10));
    EXPECT_TRUE(spool->close());
  });
}

}  // namespace
}  // namespace holdfast::spool
