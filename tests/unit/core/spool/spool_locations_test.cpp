// A spool with a backup and an emergency location: which one is written, and the way back.
#include "core/spool/inspect.h"
#include "core/spool/spool.h"
#include "tests/unit/core/spool/locations_fixture.h"

namespace holdfast::spool {
namespace {

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
