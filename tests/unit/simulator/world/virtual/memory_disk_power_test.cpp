// What a power cut takes from the memory disk, and what a killed node leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

using faultfs::CutOptions;
using faultfs::Fate;

constexpr CutOptions kWorst = {.data = Fate::lost, .names = Fate::lost};
constexpr std::uint64_t kRoom = faultfs::SpaceBudget::kBlock;

void write(FileSystem& files, const std::string& path, const std::string& text, bool synced) {
  auto file = files.open(path, {.write = true, .create = true});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(write_all(**file, 0, bytes_of(text)));
  if (synced) {
    EXPECT_TRUE((*file)->sync());
  }
  EXPECT_TRUE((*file)->close());
}

std::optional<std::string> content_of(const MemoryDisk& disk, const std::string& path) {
  const auto bytes = disk.visible_bytes(path);
  return bytes ? std::optional(std::string(as_text(*bytes))) : std::nullopt;
}

TEST(PowerCut, LeavesWhatWasSyncedAndTakesTheRest) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write(disk, "/mnt/kept", "kept", true);
    EXPECT_TRUE(disk.sync_directory("/mnt"));
    write(disk, "/mnt/kept", "KEPT and more", false);
    write(disk, "/mnt/nameless", "its bytes are durable, its name is not", true);
  });
  const auto report = test.disk().power_cut(1, kWorst);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(test.disk().files_below("/mnt"), std::vector<std::string>{"/mnt/kept"});
  EXPECT_EQ(content_of(test.disk(), "/mnt/kept"), "kept");
  ASSERT_EQ(report.lost_names.size(), 1U);
  EXPECT_EQ(report.lost_names[0].path, "nameless");
  ASSERT_EQ(report.files.size(), 1U);
  EXPECT_EQ(report.files[0].path, "kept");
  EXPECT_TRUE(test.disk().durable("/mnt/kept", 0, 4)) << "what survived is durable";
}

TEST(PowerCut, GivesBackWhatWasRemovedReplacedAndMoved) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    EXPECT_TRUE(disk.make_directory("/mnt/a"));
    EXPECT_TRUE(disk.make_directory("/mnt/b"));
    for (const char* name : {"/mnt/removed", "/mnt/old", "/mnt/a/moved"}) write(disk, name, name, true);
    for (const char* path : {"/mnt", "/mnt/a", "/mnt/b"}) EXPECT_TRUE(disk.sync_directory(path));
    EXPECT_TRUE(disk.remove("/mnt/removed"));
    write(disk, "/mnt/new", "new", true);
    EXPECT_TRUE(disk.rename("/mnt/new", "/mnt/old"));
    EXPECT_TRUE(disk.rename("/mnt/a/moved", "/mnt/b/moved"));
    EXPECT_TRUE(disk.remove_directory("/mnt/a"));
  });
  auto& disk = test.disk();
  EXPECT_TRUE(disk.power_cut(1, kWorst).failures.empty());
  EXPECT_EQ(disk.files_below("/mnt"), (std::vector<std::string>{"/mnt/a/moved", "/mnt/old", "/mnt/removed"}));
  for (const auto& path : disk.files_below("/mnt")) EXPECT_EQ(content_of(disk, path), path);
  test.run([&] {
    EXPECT_EQ(*disk.list("/mnt"), (std::vector<std::string>{"a", "b", "old", "removed"}));
    write(disk, "/mnt/a/moved", "life goes on", true);
    EXPECT_TRUE(disk.remove("/mnt/removed"));
    EXPECT_TRUE(disk.sync_directory("/mnt"));
  });
  disk.power_cut(2, kWorst);
  EXPECT_EQ(content_of(disk, "/mnt/a/moved"), "life goes on");
  EXPECT_EQ(content_of(disk, "/mnt/removed"), std::nullopt);
}

TEST(PowerCut, OfOneSeedTakesTheSameWhateverTheInodesAre) {
  const auto survived = [](bool others_first, std::uint64_t seed) {
    TestWorld test;
    test.run([&] {
      auto& disk = test.disk();
      if (others_first) {  // which moves the numbers of the inodes on
        write(disk, "/mnt/other", "other", true);
        EXPECT_TRUE(disk.remove("/mnt/other"));
        EXPECT_TRUE(disk.sync_directory("/mnt"));
      }
      for (const char* name : {"/mnt/x", "/mnt/y"}) {
        write(disk, name, std::string(3000, 'a'), true);
        EXPECT_TRUE(disk.sync_directory("/mnt"));
        for (int i = 0; i < 4; ++i) {
          auto file = disk.open(name, OpenMode::updating());
          EXPECT_TRUE(
              (*file)->write_at(static_cast<std::uint64_t>(i) * 700, bytes_of(std::string(900, 'b'))));
          EXPECT_TRUE((*file)->close());
        }
      }
      for (const char* name : {"/mnt/1", "/mnt/2", "/mnt/3"}) write(disk, name, "new", false);
    });
    test.disk().power_cut(seed);
    std::string state;
    for (const auto& path : test.disk().files_below("/mnt")) state += path + *content_of(test.disk(), path);
    return state;
  };
  std::set<std::string> states;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    states.insert(survived(false, seed));
    EXPECT_EQ(survived(false, seed), survived(true, seed)) << seed;
  }
  EXPECT_GT(states.size(), 10U) << "and of other seeds otherwise";
}

TEST(PowerCut, RoomFollowsWhatSurvives) {
  TestWorld test({.disk_capacity = 4 * kRoom});
  const auto room = [&] {
    std::uint64_t free = 0;
    test.run([&] { free = test.disk().space("/mnt")->free_bytes; });
    return free;
  };
  test.run([&] {
    write(test.disk(), "/mnt/kept", std::string(kRoom, 'k'), true);
    write(test.disk(), "/mnt/removed", std::string(2 * kRoom, 'r'), true);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().remove("/mnt/removed"));
    write(test.disk(), "/mnt/new", std::string(2 * kRoom, 'n'), false);
    write(test.disk(), "/mnt/kept", std::string(2 * kRoom, 'K'), false);
  });
  EXPECT_EQ(room(), 0U);
  test.disk().power_cut(1, kWorst);
  EXPECT_EQ(room(), kRoom) << "one block is kept, two came back, and what was new went";
  test.run([&] { EXPECT_TRUE(test.disk().remove("/mnt/removed")); });
  EXPECT_EQ(room(), 3 * kRoom);
}

TEST(PowerCut, TheBudgetsOfRulesFollowToo) {
  TestWorld test;
  test.run([&] {
    write(test.disk(), "/mnt/old", std::string(2 * kRoom, 'o'), true);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    test.arm({.name = "full",
              .when = {},
              .effect = {.full = faultfs::FullEffect{.left_bytes = 3 * kRoom, .left_inodes = 2}}});
    write(test.disk(), "/mnt/new", std::string(2 * kRoom, 'n'), false);
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, kRoom);
    EXPECT_EQ(test.disk().space("/mnt")->free_inodes, 1U);
  });
  test.disk().power_cut(1, kWorst);
  test.run([&] {
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 3 * kRoom);
    EXPECT_EQ(test.disk().space("/mnt")->free_inodes, 2U);
    EXPECT_TRUE(test.disk().remove("/mnt/old"));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 5 * kRoom);
  });
  test.disk().power_cut(1, kWorst);
  test.run([&] {
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 3 * kRoom);
    EXPECT_EQ(test.disk().space("/mnt")->free_inodes, 2U);
  });
}

// A node of its own whose fiber stops within a sync.
struct Dying {
  explicit Dying(TestWorld& test) : env(test.world.environment("dying")) {
    test.run([&] {
      write(test.disk(), "/mnt/f", "old", true);
      EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    });
    env.scheduler.spawn("dying", [this] {
      file = *env.files.open("/mnt/f", OpenMode::updating());
      EXPECT_TRUE(file->write_at(0, bytes_of("new")));
      EXPECT_TRUE(file->sync());
      ADD_FAILURE() << "it is dead";
    });
    test.world.run_until(test.now() + 500us);
    test.world.abandon();
    test.disk().release_handles(static_cast<VirtualScheduler&>(env.scheduler).node());
  }

  Environment env;
  std::unique_ptr<File> file;
};

TEST(AKilledNode, LosesNothingAndItsSyncArrives) {
  TestWorld test({.disk_latency = 1ms});
  const Dying dying(test);
  EXPECT_EQ(content_of(test.disk(), "/mnt/f"), "new");
  EXPECT_FALSE(test.disk().durable("/mnt/f", 0, 3)) << "it is on its way";
  test.run([&] {
    auto file = test.disk().open("/mnt/f", OpenMode::updating());
    EXPECT_TRUE((*file)->sync()) << "after the other";
    EXPECT_TRUE((*file)->close());
  });
  EXPECT_TRUE(test.disk().durable("/mnt/f", 0, 3));
}

TEST(AKilledNode, HasItsSyncArriveByItself) {
  TestWorld test({.disk_latency = 1ms});
  const Dying dying(test);
  test.world.run_until(test.now() + 1ms);
  EXPECT_TRUE(test.disk().durable("/mnt/f", 0, 3));
}

TEST(AKilledNode, ASyncThatWaitsForAFaultNeverReachesTheDevice) {
  TestWorld test;
  test.arm({.name = "slow",
            .when = {.operations = {faultfs::Operation::fsync}, .nth = 2},
            .effect = {.latency = faultfs::LatencyEffect{1s}}});
  const Dying dying(test);
  test.world.run_until(test.now() + 2s);
  EXPECT_FALSE(test.disk().durable("/mnt/f", 0, 3));
  test.run([&] {
    auto file = test.disk().open("/mnt/f", OpenMode::updating());
    EXPECT_TRUE((*file)->sync()) << "and holds nobody up";
    EXPECT_TRUE((*file)->close());
  });
}

TEST(PowerCut, ASyncUnderWayDoesNotArrive) {
  TestWorld test({.disk_latency = 1ms});
  const Dying dying(test);
  test.disk().power_cut(1, kWorst);
  EXPECT_EQ(content_of(test.disk(), "/mnt/f"), "old");
  test.run([&] { write(test.disk(), "/mnt/f", "another life", false); });
  test.world.run_until(test.now() + 2ms);
  EXPECT_FALSE(test.disk().durable("/mnt/f", 0, 3)) << "the old sync is none of its";
}

TEST(PowerCut, WhatAFailedSyncGaveUpIsLostWhateverTheSeed) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    TestWorld test;
    test.run([&] {
      write(test.disk(), "/mnt/f", "old", true);
      EXPECT_TRUE(test.disk().sync_directory("/mnt"));
      test.arm({.name = "fails",
                .when = {.operations = {faultfs::Operation::fsync}, .limit = 1},
                .effect = {.error = faultfs::ErrorEffect{EIO}}});
      auto file = test.disk().open("/mnt/f", OpenMode::updating());
      EXPECT_TRUE((*file)->write_at(0, bytes_of("new")));
      EXPECT_FALSE((*file)->sync());
      EXPECT_TRUE((*file)->sync());
      EXPECT_TRUE((*file)->close());
      EXPECT_EQ(content_of(test.disk(), "/mnt/f"), "new");
    });
    test.disk().power_cut(seed);
    EXPECT_EQ(content_of(test.disk(), "/mnt/f"), "old");
  }
}

TEST(PowerCut, SoMuchUnsyncedIsMadeDurableAndCounted) {
  TestWorld test;
  test.run([&] {
    const std::string much(16 << 20, 'm');
    write(test.disk(), "/mnt/f", much, true);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    for (int i = 0; i < 5; ++i) write(test.disk(), "/mnt/f", much, false);
    EXPECT_EQ(test.disk().settled(), 1U);
  });
  EXPECT_EQ(test.disk().power_cut(1).settled, 1U);
  EXPECT_EQ(test.disk().settled(), 0U);
}

}  // namespace
}  // namespace holdfast::world
