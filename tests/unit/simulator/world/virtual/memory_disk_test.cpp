#include "simulator/world/virtual/memory_disk.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

constexpr std::uint64_t kBlock = 4096;

std::unique_ptr<File> create(FileSystem& files, const std::string& path) {
  auto file = files.open(path, OpenMode::creating());
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return std::move(*file);
}

faultfs::Rule error_rule(faultfs::Operation operation, int error, std::string path = "**") {
  return {.name = "fails",
          .when = {.operations = {operation}, .path = std::move(path)},
          .effect = {.error = faultfs::ErrorEffect{error}}};
}
faultfs::Rule full_rule(std::uint64_t left) {
  return {.name = "fills", .when = {}, .effect = {.full = faultfs::FullEffect{left}}};
}

TEST(MemoryDisk, BytesAreDurableAfterTheSyncAndTheNameAfterItsDirectorys) {
  TestWorld test;
  test.run([&] {
    auto file = create(test.disk(), "/mnt/1.seg");
    EXPECT_TRUE(file->write_at(0, bytes_of("record")));
    EXPECT_TRUE(file->sync_data());
    EXPECT_FALSE(test.disk().durable("/mnt/1.seg", 0, 6)) << "the name is not";
    EXPECT_EQ(test.disk().durable_bytes("/mnt/1.seg"), std::nullopt);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().durable("/mnt/1.seg", 0, 6));
    EXPECT_FALSE(test.disk().durable("/mnt/1.seg", 0, 7)) << "there is no seventh byte";
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, DataLostWithoutSync) {
  TestWorld test;
  test.run([&] {
    auto file = create(test.disk(), "/mnt/1.seg");
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(file->write_at(0, bytes_of("record")));
    EXPECT_TRUE(file->close());
    EXPECT_FALSE(test.disk().durable("/mnt/1.seg", 0, 6)) << "close never syncs";
    EXPECT_EQ(test.disk().durable_bytes("/mnt/1.seg")->size(), 0u);
    EXPECT_EQ(as_text(*test.disk().visible_bytes("/mnt/1.seg")), "record");
  });
}

TEST(MemoryDisk, EveryNameOnThePathMustBeDurable) {
  TestWorld test;
  test.run([&] {
    EXPECT_TRUE(test.disk().make_directory("/mnt/spool"));
    auto file = create(test.disk(), "/mnt/spool/1.seg");
    EXPECT_TRUE(file->write_at(0, bytes_of("record")));
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(test.disk().sync_directory("/mnt/spool"));
    EXPECT_FALSE(test.disk().durable("/mnt/spool/1.seg", 0, 6)) << "the directory's own name is not";
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().durable("/mnt/spool/1.seg", 0, 6));
    EXPECT_TRUE(file->close());
  });
}

void write_synced(FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open(path, {.write = true, .create = true});
  EXPECT_TRUE((*file)->write_at(0, bytes_of(text)));
  EXPECT_TRUE((*file)->sync());
  EXPECT_TRUE((*file)->close());
}

TEST(MemoryDisk, AnUnsyncedRenameLeavesTheOldTargetASyncedOneTheNew) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_synced(disk, "/mnt/usage", "old");
    EXPECT_TRUE(disk.sync_directory("/mnt"));
    write_synced(disk, "/mnt/usage.tmp", "new");
    EXPECT_TRUE(disk.rename("/mnt/usage.tmp", "/mnt/usage"));
    EXPECT_EQ(as_text(*disk.visible_bytes("/mnt/usage")), "new");
    EXPECT_EQ(as_text(*disk.durable_bytes("/mnt/usage")), "old");
    EXPECT_FALSE(disk.durable("/mnt/usage", 0, 3));
    EXPECT_TRUE(disk.sync_directory("/mnt"));
    EXPECT_EQ(as_text(*disk.durable_bytes("/mnt/usage")), "new");
    EXPECT_TRUE(disk.durable("/mnt/usage", 0, 3));
  });
}

TEST(MemoryDisk, ARenameAcrossDirectoriesIsNeverNeither) {
  for (const std::string synced : {"/mnt/a", "/mnt/b"}) {
    TestWorld test;
    test.run([&] {
      auto& disk = test.disk();
      EXPECT_TRUE(disk.make_directory("/mnt/a"));
      EXPECT_TRUE(disk.make_directory("/mnt/b"));
      write_synced(disk, "/mnt/a/x", "x");
      for (const std::string path : {"/mnt", "/mnt/a", "/mnt/b"}) EXPECT_TRUE(disk.sync_directory(path));
      EXPECT_TRUE(disk.rename("/mnt/a/x", "/mnt/b/y"));
      EXPECT_TRUE(disk.durable_bytes("/mnt/a/x"));
      EXPECT_FALSE(disk.durable_bytes("/mnt/b/y"));
      EXPECT_TRUE(disk.sync_directory(synced));
      EXPECT_FALSE(disk.durable_bytes("/mnt/a/x")) << synced;
      EXPECT_TRUE(disk.durable_bytes("/mnt/b/y")) << synced;
    });
  }
}

TEST(MemoryDisk, AnUnsyncedRemoveLeavesTheFileOnTheDevice) {
  TestWorld test;
  test.run([&] {
    write_synced(test.disk(), "/mnt/x", "x");
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().remove("/mnt/x"));
    EXPECT_FALSE(test.disk().durable("/mnt/x", 0, 1)) << "it is not seen any more";
    EXPECT_TRUE(test.disk().durable_bytes("/mnt/x"));
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_FALSE(test.disk().durable_bytes("/mnt/x"));
  });
}

TEST(MemoryDisk, AFailedSyncIsReportedAndItsBytesAreNeverBelievedAgain) {
  TestWorld test;
  test.run([&] {
    auto file = create(test.disk(), "/mnt/1.seg");
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(file->write_at(0, bytes_of("kept")));
    EXPECT_TRUE(file->sync_data());
    EXPECT_TRUE(file->write_at(4, bytes_of("lost")));
    test.arm(error_rule(faultfs::Operation::fsync, EIO));
    const auto failed = file->sync_data();
    ASSERT_FALSE(failed);
    EXPECT_EQ(code_of(failed), Code::io);
    EXPECT_EQ(failed.error().os_error, EIO);
    test.injector.heal(test.now());
    EXPECT_TRUE(file->sync_data()) << "a second sync says yes, as kernels do";
    EXPECT_TRUE(test.disk().durable("/mnt/1.seg", 0, 4));
    EXPECT_FALSE(test.disk().durable("/mnt/1.seg", 4, 8));
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, AFailedDirectorySyncIsMadeGoodByTheNext) {
  TestWorld test;
  test.run([&] {
    write_synced(test.disk(), "/mnt/x", "x");
    test.arm(error_rule(faultfs::Operation::fsyncdir, EIO));
    EXPECT_FALSE(test.disk().sync_directory("/mnt"));
    EXPECT_FALSE(test.disk().durable("/mnt/x", 0, 1));
    test.injector.heal(test.now());
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().durable("/mnt/x", 0, 1));
  });
}

TEST(MemoryDisk, WhatIsWrittenDuringASyncIsNotCoveredByIt) {
  TestWorld test({.disk_latency = 1ms});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(file->write_at(0, bytes_of("one")));
    const auto other = test.world.scheduler().spawn("other", [&] {
      test.world.scheduler().sleep_until(test.now() + 500us);
      auto second = test.disk().open("/mnt/x", OpenMode::updating());
      EXPECT_TRUE((*second)->write_at(3, bytes_of("two")));
      EXPECT_TRUE((*second)->close());
    });
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(test.disk().durable("/mnt/x", 0, 3));
    EXPECT_FALSE(test.disk().durable("/mnt/x", 3, 6));
    EXPECT_TRUE(other->join(kNever));
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, ConcurrentSyncsOfAFileFollowEachOther) {
  TestWorld test({.disk_latency = 1ms});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    const auto other = test.world.scheduler().spawn("other", [&] {
      auto second = test.disk().open("/mnt/x", OpenMode::updating());
      EXPECT_TRUE((*second)->sync());
      EXPECT_EQ(test.now(), kStart + 2ms);
      EXPECT_TRUE((*second)->close());
    });
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(test.now(), kStart + 1ms);
    EXPECT_TRUE(other->join(kNever));
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, OnlyWhatReachesTheDeviceTakesItsLatency) {
  TestWorld test({.disk_latency = 3ms});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    EXPECT_TRUE(file->write_at(0, bytes_of("record")));
    EXPECT_EQ(test.now(), kStart);
    EXPECT_TRUE(file->sync_data());
    EXPECT_EQ(test.now(), kStart + 3ms);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_EQ(test.now(), kStart + 6ms);
    EXPECT_TRUE(file->close());
    EXPECT_EQ(test.now(), kStart + 6ms);
  });
}

TEST(MemoryDisk, EveryCallIsAYieldEvenWhenItTakesNoTime) {
  TestWorld test;
  std::string order;
  test.run([&] {
    const auto other = test.world.scheduler().spawn("other", [&] { order += "other "; });
    EXPECT_TRUE(test.disk().stat("/mnt"));
    order += "stat ";
    EXPECT_TRUE(other->join(kNever));
  });
  EXPECT_EQ(order, "other stat ");
}

TEST(MemoryDisk, AFullDiskTakesWhatFitsThenSaysSo) {
  TestWorld test({.disk_capacity = 2 * kBlock});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    const std::string three_blocks(3 * kBlock, 'x');
    const auto written = file->write_at(100, bytes_of(three_blocks));
    ASSERT_TRUE(written);
    EXPECT_EQ(*written, 2 * kBlock - 100);
    const auto more = file->write_at(100 + *written, bytes_of(three_blocks));
    ASSERT_FALSE(more);
    EXPECT_EQ(code_of(more), Code::no_space);
    EXPECT_TRUE(file->write_at(0, bytes_of("rewriting needs no room")));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 0u);
    EXPECT_EQ(code_of(test.disk().open("/mnt/y", OpenMode::creating())), Code::no_space);
    EXPECT_TRUE(file->truncate(kBlock));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, kBlock);
    EXPECT_TRUE(file->close());
    EXPECT_TRUE(test.disk().remove("/mnt/x"));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 2 * kBlock);
  });
}

TEST(MemoryDisk, WriteAllGoesOnAfterAShortWriteAndEndsWithItsError) {
  TestWorld test({.disk_capacity = 2 * kBlock});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    const auto written = write_all(*file, 0, bytes_of(std::string(3 * kBlock, 'x')));
    ASSERT_FALSE(written);
    EXPECT_EQ(code_of(written), Code::no_space);
    EXPECT_EQ(*file->size(), 2 * kBlock) << "what fitted is there";
    EXPECT_TRUE(write_all(*file, kBlock, bytes_of(std::string(kBlock, 'y'))));
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, ARemovedFileGivesItsRoomBackWhenItsLastHandleCloses) {
  TestWorld test({.disk_capacity = 4 * kBlock});
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    EXPECT_TRUE(file->allocate(0, 3 * kBlock));
    EXPECT_EQ(code_of(file->allocate(0, 5 * kBlock)), Code::no_space);
    EXPECT_TRUE(test.disk().remove("/mnt/x"));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, kBlock);
    EXPECT_TRUE(file->close());
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, 4 * kBlock);
  });
}

TEST(MemoryDisk, AFullFaultIsRealRoomAndHeals) {
  TestWorld test;
  test.run([&] {
    auto file = create(test.disk(), "/mnt/spool");
    test.arm(full_rule(kBlock));
    EXPECT_EQ(test.disk().space("/mnt")->free_bytes, kBlock);
    EXPECT_EQ(*file->write_at(0, bytes_of(std::string(2 * kBlock, 'x'))), kBlock);
    EXPECT_EQ(code_of(file->write_at(kBlock, bytes_of("more"))), Code::no_space);
    EXPECT_EQ(code_of(test.disk().make_directory("/mnt/d")), Code::no_space);
    test.injector.heal(test.now());
    EXPECT_TRUE(file->write_at(kBlock, bytes_of("more")));
    EXPECT_TRUE(file->close());
    EXPECT_GE(test.injector.fired("fills"), 3u);
  });
}

TEST(MemoryDisk, FaultPathsAreRelativeToTheMountAndNothingFailsOutside) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    EXPECT_TRUE(make_directories(disk, "/mnt/spool"));
    EXPECT_TRUE(make_directories(disk, "/mntx/spool"));
    test.arm(error_rule(faultfs::Operation::create, EACCES, "spool/*.seg"));
    EXPECT_EQ(code_of(disk.open("/mnt/spool/1.seg", OpenMode::creating())), Code::permission);
    EXPECT_TRUE(disk.open("/mnt/spool/1.txt", OpenMode::creating()));
    EXPECT_TRUE(disk.open("/mntx/spool/1.seg", OpenMode::creating()));
  });
}

TEST(MemoryDisk, AnOpenFileIsFaultedUnderItsPresentName) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    EXPECT_TRUE(disk.make_directory("/mnt/a"));
    auto file = create(disk, "/mnt/a/x");
    test.arm(error_rule(faultfs::Operation::write, EIO, "b/y"));
    EXPECT_TRUE(file->write_at(0, bytes_of("1")));
    EXPECT_TRUE(disk.rename("/mnt/a/x", "/mnt/a/y"));
    EXPECT_TRUE(disk.rename("/mnt/a", "/mnt/b"));
    EXPECT_FALSE(file->write_at(0, bytes_of("2")));
    EXPECT_TRUE(disk.remove("/mnt/b/y"));
    EXPECT_FALSE(file->write_at(0, bytes_of("3"))) << "without a name, its last one counts";
    EXPECT_TRUE(file->close());
  });
}

TEST(MemoryDisk, InjectedLatencyDelaysItsOperationAndNobodyElse) {
  TestWorld test;
  test.run([&] {
    test.arm({.name = "slow",
              .when = {.operations = {faultfs::Operation::getattr}},
              .effect = {.latency = faultfs::LatencyEffect{5ms}}});
    const auto other = test.world.scheduler().spawn("other", [&] {
      EXPECT_TRUE(test.disk().list("/mnt"));
      EXPECT_EQ(test.now(), kStart);
    });
    EXPECT_TRUE(test.disk().stat("/mnt"));
    EXPECT_EQ(test.now(), kStart + 5ms);
    EXPECT_TRUE(other->join(kNever));
  });
}

TEST(MemoryDisk, CloseFreesTheDescriptorWhateverItAnswers) {
  TestWorld test;
  test.run([&] {
    auto file = create(test.disk(), "/mnt/x");
    EXPECT_TRUE(*file->try_lock());
    test.arm(error_rule(faultfs::Operation::flush, EIO));
    EXPECT_FALSE(file->close());
    test.injector.heal(test.now());
    auto second = test.disk().open("/mnt/x", OpenMode::updating());
    EXPECT_TRUE(*(*second)->try_lock());
    EXPECT_TRUE((*second)->close());
  });
}

TEST(MemoryDisk, ACrashOfTheNodeReleasesItsLocks) {
  TestWorld test;
  auto env = test.world.environment();
  std::unique_ptr<File> dead;
  env.scheduler.spawn("owner", [&] {
    dead = create(env.files, "/mnt/lock");
    EXPECT_TRUE(*dead->try_lock());
  });
  test.world.run_until(kStart);
  test.run([&] {
    auto file = test.disk().open("/mnt/lock", OpenMode::updating());
    EXPECT_FALSE(*(*file)->try_lock());
    test.disk().release_handles(static_cast<VirtualScheduler&>(env.scheduler).node());
    EXPECT_TRUE(*(*file)->try_lock());
    EXPECT_TRUE((*file)->close());
  });
}

}  // namespace
}  // namespace holdfast::world
