// What each effect does to a program on the memory disk. The same effects on a real mount:
// tests/integration/faultfs; both beside each other: two_worlds_test.cpp there.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "simulator/world/virtual/memory_disk.h"
#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

using namespace faultfs;

void write_file(FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open(path, {.write = true, .create = true});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(write_all(**file, 0, bytes_of(text)));
  EXPECT_TRUE((*file)->sync());
  EXPECT_TRUE((*file)->close());
}

std::string content_of(FileSystem& files, const std::string& path) {
  const auto bytes = read_file(files, path, 1 << 20);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? std::string(as_text(*bytes)) : "";
}

std::size_t differences(const std::string& a, const std::string& b) {
  std::size_t count = a.size() == b.size() ? 0 : a.size() + b.size();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

const std::string kText(2000, 'x');

Rule corrupting(CorruptWhen when, Trigger trigger = {}) {
  return {.name = "corrupts",
          .when = std::move(trigger),
          .effect = {.corrupt = CorruptEffect{.when = when, .kind = CorruptKind::random, .bytes = 10}}};
}

TEST(DiskFaults, CorruptionOnReadLeavesTheFileAsItIs) {
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/f", kText);
    test.arm(corrupting(CorruptWhen::read, {.limit = 1}));
    const auto read = differences(content_of(test.disk(), "/mnt/f"), kText);
    EXPECT_GT(read, 0U);
    EXPECT_LE(read, 10U);
    EXPECT_EQ(content_of(test.disk(), "/mnt/f"), kText);
  });
}

TEST(DiskFaults, CorruptionOnWriteIsWhatTheDiskHolds) {
  TestWorld test;
  test.run([&] {
    test.arm(corrupting(CorruptWhen::write));
    write_file(test.disk(), "/mnt/f", kText);
    test.injector.heal(test.now());
    const auto held = content_of(test.disk(), "/mnt/f");
    EXPECT_GT(differences(held, kText), 0U);
    EXPECT_EQ(as_text(*test.disk().visible_bytes("/mnt/f")), held);
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    EXPECT_TRUE(test.disk().durable("/mnt/f", 0, kText.size()));
  });
}

TEST(DiskFaults, DamageIsUndoneWhereNobodyWroteSince) {
  for (const auto when : {CorruptWhen::write, CorruptWhen::rest}) {
    TestWorld test;
    test.run([&] {
      auto rule = corrupting(when);
      rule.effect.corrupt->restore = true;
      if (when == CorruptWhen::rest) write_file(test.disk(), "/mnt/f", kText);
      test.arm(rule);
      if (when == CorruptWhen::write) write_file(test.disk(), "/mnt/f", kText);
      EXPECT_GT(differences(content_of(test.disk(), "/mnt/f"), kText), 0U);
      EXPECT_TRUE(test.disk().sync_directory("/mnt"));
      test.injector.heal(test.now());
      EXPECT_EQ(content_of(test.disk(), "/mnt/f"), kText);
      EXPECT_EQ(as_text(*test.disk().durable_bytes("/mnt/f")), kText);
    });
  }
}

TEST(DiskFaults, CorruptionAtRestHappensAtItsInstantToTheFilesThatMatch) {
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/1.seg", kText);
    write_file(test.disk(), "/mnt/other", kText);
    test.arm(corrupting(CorruptWhen::rest, {.path = "*.seg", .from = 10ms}));
    EXPECT_EQ(content_of(test.disk(), "/mnt/1.seg"), kText);
    test.world.scheduler().sleep_until(test.now() + 10ms);
    EXPECT_EQ(test.injector.fired("corrupts"), 1U);
    EXPECT_GT(differences(content_of(test.disk(), "/mnt/1.seg"), kText), 0U);
    EXPECT_EQ(content_of(test.disk(), "/mnt/other"), kText);
  });
}

TEST(DiskFaults, HealingBeforeItsInstantSparesTheFiles) {
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/1.seg", kText);
    test.arm(corrupting(CorruptWhen::rest, {.from = 10ms}));
    test.injector.heal(test.now());
    test.world.scheduler().sleep_until(test.now() + 20ms);
    EXPECT_EQ(content_of(test.disk(), "/mnt/1.seg"), kText);
  });
}

TEST(DiskFaults, ALostPermissionStopsWhoComesByNameAndNotTheOpenFile) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", kText);
    auto file = disk.open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    test.arm({.name = "chown", .when = {}, .effect = {.permission = PermissionEffect{EACCES}}});
    EXPECT_TRUE((*file)->write_at(0, bytes_of("y")));
    EXPECT_TRUE((*file)->truncate(10));
    EXPECT_TRUE((*file)->sync());
    EXPECT_TRUE((*file)->close());
    EXPECT_EQ(code_of(disk.open("/mnt/f", OpenMode::reading())), Code::permission);
    EXPECT_EQ(code_of(disk.open("/mnt/g", OpenMode::creating())), Code::permission);
    EXPECT_EQ(code_of(disk.remove("/mnt/f")), Code::permission);
    EXPECT_EQ(code_of(disk.rename("/mnt/f", "/mnt/g")), Code::permission);
    EXPECT_EQ(code_of(disk.make_directory("/mnt/d")), Code::permission);
    EXPECT_EQ(code_of(disk.list("/mnt")), Code::permission);
    EXPECT_TRUE(disk.stat("/mnt/f"));
  });
}

TEST(DiskFaults, AReadOnlyVolumeRefusesTheOpenFileTooAndGoesOnReading) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", kText);
    auto file = disk.open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    test.arm({.name = "remounted", .when = {}, .effect = {.read_only = ReadOnlyEffect{}}});
    EXPECT_EQ(code_of((*file)->write_at(0, bytes_of("y"))), Code::read_only);
    EXPECT_EQ(code_of((*file)->truncate(10)), Code::read_only);
    EXPECT_EQ(code_of((*file)->sync()), Code::read_only);
    EXPECT_TRUE((*file)->close());
    EXPECT_EQ(code_of(disk.open("/mnt/f", OpenMode::updating())), Code::read_only);
    EXPECT_EQ(code_of(disk.remove("/mnt/f")), Code::read_only);
    EXPECT_EQ(content_of(disk, "/mnt/f"), kText);
    EXPECT_TRUE(disk.list("/mnt"));
  });
}

TEST(DiskFaults, AHungFileHoldsUpItsOwnCallerUntilItHeals) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/hung", kText);
    write_file(disk, "/mnt/quick", kText);
    test.arm({.name = "hangs", .when = {.path = "hung"}, .effect = {.hang = HangEffect{}}});
    bool returned = false;
    const auto reader = test.world.scheduler().spawn("reader", [&] {
      EXPECT_EQ(content_of(disk, "/mnt/hung"), kText);
      returned = true;
    });
    const Time before = test.now();
    EXPECT_EQ(content_of(disk, "/mnt/quick"), kText);
    EXPECT_EQ(test.now(), before);
    test.world.scheduler().sleep_until(test.now() + 1min);
    EXPECT_FALSE(returned);
    test.injector.heal(test.now());
    EXPECT_TRUE(reader->join(test.now() + 1ms));
    EXPECT_TRUE(returned);
  });
}

TEST(DiskFaults, ADelayUnderWayEndsWhenItIsHealed) {
  TestWorld test;
  test.run([&] {
    test.arm({.name = "slow", .when = {}, .effect = {.latency = LatencyEffect{1h}}});
    const auto caller =
        test.world.scheduler().spawn("caller", [&] { EXPECT_TRUE(test.disk().list("/mnt")); });
    test.world.scheduler().sleep_until(test.now() + 1s);
    test.injector.heal(test.now());
    EXPECT_TRUE(caller->join(test.now() + 1ms));
  });
}

TEST(DiskFaults, InodesRunOutAndComeBack) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    test.arm({.name = "inodes", .when = {}, .effect = {.full = FullEffect{.left_inodes = 2}}});
    EXPECT_EQ(disk.space("/mnt")->free_inodes, 2U);
    write_file(disk, "/mnt/a", kText);
    EXPECT_TRUE(disk.make_directory("/mnt/d"));
    EXPECT_EQ(disk.space("/mnt")->free_inodes, 0U);
    EXPECT_EQ(code_of(disk.open("/mnt/b", OpenMode::creating())), Code::no_space);
    EXPECT_EQ(code_of(disk.make_directory("/mnt/e")), Code::no_space);
    EXPECT_TRUE(disk.rename("/mnt/a", "/mnt/c")) << "a new name needs no inode";
    write_file(disk, "/mnt/c", kText + kText);
    EXPECT_TRUE(disk.remove("/mnt/c"));
    EXPECT_TRUE(disk.remove_directory("/mnt/d"));
    EXPECT_EQ(disk.space("/mnt")->free_inodes, 2U);
    EXPECT_TRUE(disk.open("/mnt/b", OpenMode::creating()));
  });
}

TEST(DiskFaults, AnotherKindInItsPlaceIsMetByNameOnly) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    EXPECT_TRUE(disk.make_directory("/mnt/spool"));
    write_file(disk, "/mnt/spool/f", kText);
    write_file(disk, "/mnt/spool/f.new", kText);
    auto file = disk.open("/mnt/spool/f", OpenMode::updating());
    ASSERT_TRUE(file);
    const auto replaced = [](std::string path, Kind by) {
      return Rule{
          .name = "replaced", .when = {.path = std::move(path)}, .effect = {.replaced = ReplacedEffect{by}}};
    };
    test.arm(replaced("spool/f", Kind::directory));
    EXPECT_EQ(code_of(disk.open("/mnt/spool/f", OpenMode::reading())), Code::wrong_kind);
    EXPECT_EQ(code_of(disk.rename("/mnt/spool/f.new", "/mnt/spool/f")), Code::wrong_kind);
    EXPECT_EQ(code_of(disk.remove("/mnt/spool/f")), Code::wrong_kind);
    test.arm(replaced("spool", Kind::file));
    EXPECT_EQ(code_of(disk.open("/mnt/spool/g", OpenMode::creating())), Code::wrong_kind);
    EXPECT_EQ(code_of(disk.list("/mnt/spool")), Code::wrong_kind);
    EXPECT_EQ(code_of(disk.stat("/mnt/spool/f")), Code::wrong_kind);
    EXPECT_TRUE((*file)->write_at(0, bytes_of("y"))) << "an open file goes on";
    EXPECT_TRUE((*file)->close());
  });
}

// A file of four sectors of 'a' under the effect, and what becomes of 'b's written to it.
struct Written {
  std::optional<Code> refused;
  std::size_t count = 0;
  std::string held;
};
Written write_under(const Effect& effect, std::uint64_t offset, std::size_t size) {
  Written result;
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/f", std::string(2048, 'a'));
    auto file = test.disk().open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    test.arm({.name = "bytes", .when = {}, .effect = effect});
    const auto written = (*file)->write_at(offset, bytes_of(std::string(size, 'b')));
    if (!written) result.refused = written.error().code;
    result.count = written.value_or(0);
    EXPECT_EQ(test.injector.fired("bytes"), 1U);
    EXPECT_TRUE((*file)->sync());
    EXPECT_TRUE((*file)->close());
    EXPECT_TRUE(test.disk().sync_directory("/mnt"));
    result.held = as_text(*test.disk().durable_bytes("/mnt/f"));
  });
  return result;
}

std::string runs(std::initializer_list<std::pair<char, std::size_t>> all) {
  std::string text;
  for (const auto& [sign, count] : all) text += std::string(count, sign);
  return text;
}

TEST(DiskFaults, AShortWriteTakesItsLeadingBytes) {
  const auto written = write_under({.shortens = ShortEffect{.bytes = 100}}, 0, 1000);
  EXPECT_EQ(written.count, 100U);
  EXPECT_EQ(written.held, runs({{'b', 100}, {'a', 1948}}));
}

TEST(DiskFaults, AShortReadIsAskedForTheRest) {
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/f", kText);
    test.arm({.name = "short", .when = {}, .effect = {.shortens = ShortEffect{.bytes = 300}}});
    const auto file = test.disk().open("/mnt/f", OpenMode::reading());
    ASSERT_TRUE(file);
    ByteBuffer bytes(kText.size());
    EXPECT_EQ((*file)->read_at(0, bytes).value_or(0), kText.size());
    EXPECT_EQ(as_text(bytes), kText);
    EXPECT_GE(test.injector.fired("short"), 6U) << "2000 bytes, 300 at a time";
    EXPECT_TRUE((*file)->close());
  });
}

TEST(DiskFaults, ALostWriteIsTakenAndNotThere) {
  const auto inside = write_under({.lost = LostEffect{}}, 512, 512);
  EXPECT_EQ(inside.count, 512U);
  EXPECT_EQ(inside.held, std::string(2048, 'a'));
  EXPECT_EQ(write_under({.lost = LostEffect{}}, 2048, 100).held, runs({{'a', 2048}, {'\0', 100}}));
}

TEST(DiskFaults, ATornWriteLeavesPartOfItWhateverItAnswers) {
  const auto success = write_under({.torn = TornEffect{.bytes = 700}}, 0, 1024);
  EXPECT_EQ(success.count, 1024U);
  EXPECT_EQ(success.held, runs({{'b', 700}, {'a', 1348}}));
  const auto failed = write_under({.torn = TornEffect{.bytes = 1024, .answer = EIO}}, 1024, 2048);
  EXPECT_EQ(failed.refused, Code::io);
  EXPECT_EQ(failed.held, runs({{'a', 1024}, {'b', 1024}, {'\0', 1024}}));
  const auto sectors = write_under({.torn = TornEffect{.keep = TornKeep::sectors}}, 0, 2048).held;
  for (std::size_t at = 0; at < 2048; at += 512)
    EXPECT_EQ(sectors.substr(at, 512), std::string(512, sectors[at])) << "a sector is of one kind";
  EXPECT_NE(sectors.find('a'), std::string::npos);
  EXPECT_NE(sectors.find('b'), std::string::npos);
}

TEST(DiskFaults, AMisdirectedWriteIsFoundOnAnotherSector) {
  const auto written = write_under({.misdirected = MisdirectedEffect{}}, 612, 100);
  EXPECT_EQ(written.count, 100U);
  EXPECT_EQ(written.held.size(), 2048U);
  const auto place = written.held.find(std::string(100, 'b'));
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(place % 512, 100U);
  EXPECT_NE(place, 612U);
  EXPECT_EQ(written.held.substr(612, 100), std::string(100, 'a'));
}

TEST(DiskFaults, AStaleReadGivesWhatWasThereBefore) {
  TestWorld test;
  test.run([&] {
    write_file(test.disk(), "/mnt/f", std::string(2048, 'a'));
    test.arm({.name = "stale", .when = {.nth = 2}, .effect = {.stale = StaleEffect{}}});
    auto file = test.disk().open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    EXPECT_EQ(*(*file)->write_at(512, bytes_of(std::string(1000, 'b'))), 1000U);
    EXPECT_TRUE((*file)->close());
    const std::string now = runs({{'a', 512}, {'b', 1000}, {'a', 536}});
    EXPECT_EQ(content_of(test.disk(), "/mnt/f"), now);
    EXPECT_EQ(content_of(test.disk(), "/mnt/f"), std::string(2048, 'a'));
    EXPECT_EQ(content_of(test.disk(), "/mnt/f"), now);
  });
}

// 'a's that are durable, 'b's written over and beyond them, and two syncs, of which the first fails.
struct Synced {
  bool first;
  bool second;
  std::string seen;
  std::string durable;
};
Synced sync_failing_as(SyncProfile profile) {
  Synced result{};
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", std::string(1000, 'a'));
    EXPECT_TRUE(disk.sync_directory("/mnt"));
    auto file = disk.open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    test.arm({.name = "fails", .when = {.limit = 1}, .effect = {.sync_failure = SyncFailureEffect{profile}}});
    EXPECT_EQ(*(*file)->write_at(500, bytes_of(std::string(1000, 'b'))), 1000U);
    result.first = (*file)->sync().has_value();
    result.second = (*file)->sync().has_value();
    EXPECT_TRUE((*file)->close());
    result.seen = as_text(*disk.visible_bytes("/mnt/f"));
    result.durable = as_text(*disk.durable_bytes("/mnt/f"));
  });
  return result;
}

TEST(DiskFaults, AFailedSyncLosesWhatItsFileSystemLosesAndTellsAsItDoes) {
  const std::string old(1000, 'a');
  const std::string written = runs({{'a', 500}, {'b', 1000}});
  for (const auto profile : {SyncProfile::ext4_ordered, SyncProfile::xfs, SyncProfile::ext4_data}) {
    const auto synced = sync_failing_as(profile);
    const bool late = profile == SyncProfile::ext4_data;
    EXPECT_EQ(synced.first, late);
    EXPECT_EQ(synced.second, !late);
    EXPECT_EQ(synced.seen, written);
    EXPECT_EQ(synced.durable.substr(0, 1000), old) << "and the second sync does not mend it";
  }
  const auto synced = sync_failing_as(SyncProfile::btrfs);
  EXPECT_FALSE(synced.first);
  EXPECT_TRUE(synced.second);
  EXPECT_EQ(synced.seen, old);
  EXPECT_EQ(synced.durable, old);
}

TEST(DiskFaults, AFailedSyncIsToldToEachFileThatWasOpen) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", kText);
    auto first = disk.open("/mnt/f", OpenMode::updating());
    auto second = disk.open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(first && second);
    test.arm({.name = "fails", .when = {.limit = 1}, .effect = {.sync_failure = SyncFailureEffect{}}});
    EXPECT_EQ(code_of((*first)->sync()), Code::io);
    EXPECT_TRUE((*first)->sync());
    EXPECT_EQ(code_of((*second)->sync()), Code::io);
    EXPECT_TRUE((*second)->sync());
    EXPECT_TRUE((*first)->close());
    EXPECT_TRUE((*second)->close());
  });
}

TEST(DiskFaults, OpenFlagsTellTheWriterOfAFileFromItsUpdater) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", kText);
    auto updater = disk.open("/mnt/f", OpenMode::updating());
    auto writer = disk.open("/mnt/f", {.read = false, .write = true});
    ASSERT_TRUE(updater && writer);
    test.arm({.name = "fails",
              .when = {.flags = OpenFlags{O_ACCMODE, O_WRONLY}},
              .effect = {.error = ErrorEffect{EIO}}});
    EXPECT_TRUE((*updater)->write_at(0, bytes_of("y")));
    EXPECT_EQ(code_of((*writer)->write_at(0, bytes_of("y"))), Code::io);
    test.injector.heal(test.now());
    EXPECT_TRUE((*updater)->close());
    EXPECT_TRUE((*writer)->close());
  });
}

TEST(DiskFaults, WhatIsCutOffMakesRoom) {
  TestWorld test;
  test.run([&] {
    auto& disk = test.disk();
    write_file(disk, "/mnt/f", std::string(3 * SpaceBudget::kBlock, 'x'));
    test.arm({.name = "full", .when = {}, .effect = {.full = FullEffect{0}}});
    EXPECT_EQ(disk.space("/mnt")->free_bytes, 0U);
    auto file = disk.open("/mnt/f", OpenMode::updating());
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->truncate(1));
    EXPECT_EQ(disk.space("/mnt")->free_bytes, 2 * SpaceBudget::kBlock);
    EXPECT_TRUE((*file)->close());
  });
}

}  // namespace
}  // namespace holdfast::world
