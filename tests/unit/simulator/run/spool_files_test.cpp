#include "simulator/run/spool_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/temporary_directory.h"
#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::run {
namespace {

constexpr std::uint64_t kKiB = 1024;

scenario::Scenario with_options(std::uint64_t max_bytes, std::uint64_t segment_bytes) {
  scenario::Scenario scenario;
  scenario.subject.options.spool.max_bytes = max_bytes;
  scenario.subject.options.spool.segment_bytes = segment_bytes;
  scenario.phases.push_back({.name = "stress", .length = std::chrono::seconds(1)});
  return scenario;
}

TEST(SpoolFiles, AreAsManyAsFullSegmentsTwiceAndTwoInMotion) {
  EXPECT_EQ(most_spool_files(with_options(64 * kKiB, 8 * kKiB)), 18U);
}

TEST(SpoolFiles, MayHoldOneRecordEachWhereTheDiskFails) {
  auto scenario = with_options(64 * kKiB, 8 * kKiB);
  scenario.phases[0].disk.rules.emplace_back();
  EXPECT_EQ(most_spool_files(scenario), 64 * kKiB / 128 + 2);
  scenario.phases[0].disk.rules.clear();
  scenario.phases[0].process.emplace_back();
  EXPECT_EQ(most_spool_files(scenario), 64 * kKiB / 128 + 2);
}

TEST(SpoolFiles, KeepTheHighestNumberSeen) {
  SpoolFiles files(with_options(64 * kKiB, 8 * kKiB));
  files.sample(3);
  files.sample(19);
  files.sample(2);
  EXPECT_EQ(files.bound().highest, 19U);
  EXPECT_EQ(files.bound().limit, 18U);
}

TEST(SegmentsBelow, CountsWhateverTheTrackerPutAnywhereButTheQuarantine) {
  TemporaryDirectory directory;
  const std::string root = directory.path();
  for (const char* name : {"spool/00000001.seg", "spool/0000002a.seg", "spool/checkpoint",
                           "backup/00000003.seg", "spool/quarantine/00000004.seg", "spool/notes.seg"}) {
    const std::filesystem::path path = root + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "x";
  }
  EXPECT_EQ(segments_below(root), 3U);
  EXPECT_EQ(segments_below(root + "/absent"), 0U);
}

TEST(SegmentsBelow, AsksTheMemoryDiskTheSame) {
  world::TestWorld test;
  test.run([&] {
    for (const char* directory : {"/mnt/spool", "/mnt/spool/quarantine"})
      EXPECT_TRUE(test.disk().make_directory(directory));
    for (const char* name :
         {"/mnt/spool/00000001.seg", "/mnt/spool/lock", "/mnt/spool/quarantine/00000002.seg"}) {
      auto file = test.disk().open(name, OpenMode::creating());
      ASSERT_TRUE(file);
      EXPECT_TRUE((*file)->close());
    }
    EXPECT_EQ(segments_below(test.disk(), "/mnt"), 1U);
    EXPECT_EQ(segments_below(test.disk(), "/nowhere"), 0U);
  });
}

}  // namespace
}  // namespace holdfast::run
