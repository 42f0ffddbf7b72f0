// How many bytes of a read or write a program gets across a mount, and where they are afterwards.
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

class ByteFaults : public MountTest {
 protected:
  // A file of four sectors of 'a', open for reading and writing.
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    mount();
    std::ofstream(mountpoint("f")) << std::string(2048, 'a');
  }
  // Writes 'b's; what pwrite says, or minus its errno.
  long write(int file, off_t offset, std::size_t size) {
    const std::string text(size, 'b');
    const long written = ::pwrite(file, text.data(), size, offset);
    return written < 0 ? -errno : written;
  }
  std::string held() const { return content_of(backing("f")); }
  static std::string text(std::initializer_list<std::pair<char, std::size_t>> runs) {
    std::string all;
    for (const auto& [sign, count] : runs) all += std::string(count, sign);
    return all;
  }
};

TEST_F(ByteFaults, AShortWriteAndAShortReadMoveTheirLeadingBytes) {
  arm(R"({"name": "s", "effect": {"short": {"fraction": 0.25}}})");
  Opened file(mountpoint("f"), O_RDWR);
  EXPECT_EQ(write(*file, 0, 1000), 250);
  EXPECT_EQ(held(), text({{'b', 250}, {'a', 1798}}));
  char bytes[4096];
  EXPECT_EQ(::pread(*file, bytes, sizeof bytes, 1048), 250) << "a quarter of the thousand that are left";
  EXPECT_EQ(::pread(*file, bytes, sizeof bytes, 2048), 0) << "the end of the file stays the end";
}

TEST_F(ByteFaults, ALostWriteSucceedsAndIsNotThere) {
  arm(R"({"name": "l", "when": {"limit": 2}, "effect": {"lost": true}})");
  Opened file(mountpoint("f"), O_WRONLY);
  EXPECT_EQ(write(*file, 512, 512), 512);
  EXPECT_EQ(error_of(::fsync(*file)), 0);
  EXPECT_EQ(held(), std::string(2048, 'a'));
  EXPECT_EQ(write(*file, 2048, 100), 100);
  EXPECT_EQ(held(), text({{'a', 2048}, {'\0', 100}})) << "the size is kept elsewhere than the bytes";
  EXPECT_EQ(write(*file, 2148, 10), 10);
  EXPECT_EQ(content_of(mountpoint("f")), text({{'a', 2048}, {'\0', 100}, {'b', 10}}));
}

TEST_F(ByteFaults, ATornWriteLeavesItsPrefixWhateverItAnswers) {
  Opened file(mountpoint("f"), O_RDWR);
  arm(R"({"name": "t", "effect": {"torn": {"keep": "prefix", "bytes": "700B", "answer": "success"}}})");
  EXPECT_EQ(write(*file, 0, 1024), 1024);
  EXPECT_EQ(held(), text({{'b', 700}, {'a', 1348}}));
  arm(R"({"name": "t", "effect": {"torn": {"keep": "prefix", "bytes": "1KiB", "answer": "EIO"}}})");
  EXPECT_EQ(write(*file, 1024, 2048), -EIO);
  EXPECT_EQ(held(), text({{'b', 700}, {'a', 324}, {'b', 1024}, {'\0', 1024}}));
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("damaged":[[2048,1024]],"pieces":[[1024,1024,1024]])"));
}

TEST_F(ByteFaults, ATornWriteOfChosenSectorsMixesOldAndNew) {
  Opened file(mountpoint("f"), O_RDWR | O_SYNC);  // such a write is carried out by a worker
  arm(R"({"name": "t", "effect": {"torn": {"keep": "sectors", "answer": "success"}}})");
  EXPECT_EQ(write(*file, 0, 2048), 2048);
  const std::string now = held();
  for (std::size_t sector = 0; sector < 2048; sector += 512)
    EXPECT_EQ(now.substr(sector, 512), std::string(512, now[sector])) << "a sector is of one kind";
  EXPECT_NE(now.find('a'), std::string::npos);
  EXPECT_NE(now.find('b'), std::string::npos);
}

TEST_F(ByteFaults, AMisdirectedWriteIsFoundOnAnotherSector) {
  arm(R"({"name": "m", "effect": {"misdirected": true}})");
  Opened file(mountpoint("f"), O_RDWR);
  EXPECT_EQ(write(*file, 612, 100), 100);
  const std::string now = held();
  ASSERT_EQ(now.size(), 2048U);
  const auto place = now.find(std::string(100, 'b'));
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(place % 512, 100U);
  EXPECT_NE(place, 612U);
  EXPECT_EQ(now.substr(612, 100), std::string(100, 'a'));
}

TEST_F(ByteFaults, AStaleReadGivesWhatWasThereBefore) {
  arm(R"({"name": "s", "when": {"path": "f", "nth": 2}, "effect": {"stale": true}})");
  Opened file(mountpoint("f"), O_WRONLY);
  EXPECT_EQ(write(*file, 512, 1000), 1000);
  const std::string now = text({{'a', 512}, {'b', 1000}, {'a', 536}});
  EXPECT_EQ(held(), now);
  Opened reader(mountpoint("f"), O_RDONLY);
  std::string bytes(2048, ' ');
  EXPECT_EQ(::pread(*reader, bytes.data(), bytes.size(), 0), 2048);
  EXPECT_EQ(bytes, now);
  EXPECT_EQ(::pread(*reader, bytes.data(), bytes.size(), 0), 2048);
  EXPECT_EQ(bytes, std::string(2048, 'a'));
  EXPECT_EQ(held(), now);
  EXPECT_THAT(content_of(fault_log()),
              HasSubstr(R"("decision":"stale","order_dependent":true,"damaged":[[512,1000]])"));
}

TEST_F(ByteFaults, ADelayedWriteIsLostAllTheSame) {
  arm(R"({"name": "slow", "when": {"op": "write"}, "effect": {"latency": "20ms"}}, {"name": "l", "effect": {"lost": true}})");
  Opened file(mountpoint("f"), O_RDWR);
  EXPECT_EQ(write(*file, 0, 512), 512);
  EXPECT_EQ(held(), std::string(2048, 'a'));
}

TEST_F(ByteFaults, AFailedSyncIsToldAsItsFileSystemTellsIt) {
  for (const std::string profile : {"ext4_ordered", "xfs", "ext4_data", "btrfs"}) {
    std::ofstream(mountpoint("f")) << std::string(2048, 'a');
    arm(R"({"name": "s", "when": {"limit": 1}, "effect": {"sync_failure": ")" + profile + R"("}})");
    Opened first(mountpoint("f"), O_RDWR);
    Opened second(mountpoint("f"), O_RDONLY);
    EXPECT_EQ(write(*first, 1024, 2048), 2048);
    const bool late = profile == "ext4_data";
    EXPECT_EQ(error_of(::fsync(*first)), late ? 0 : EIO) << profile;
    EXPECT_EQ(error_of(::fsync(*first)), late ? EIO : 0) << profile;
    Opened third(mountpoint("f"), O_RDWR);
    EXPECT_EQ(error_of(::fdatasync(*third)), 0) << profile;
    EXPECT_EQ(error_of(::fsync(*second)), EIO) << profile;
    EXPECT_EQ(error_of(::fsync(*second)), 0) << profile;
    EXPECT_EQ(held(), profile == "btrfs" ? text({{'a', 2048}}) : text({{'a', 1024}, {'b', 2048}})) << profile;
  }
}

TEST_F(ByteFaults, TheLogOfSyncsSaysWhatAFailedSyncGaveUp) {
  arm(R"({"name": "s", "when": {"limit": 1}, "effect": {"sync_failure": "xfs"}})");
  Opened file(mountpoint("f"), O_RDWR);
  EXPECT_EQ(write(*file, 0, 512), 512);
  EXPECT_EQ(error_of(::fsync(*file)), EIO);
  EXPECT_EQ(write(*file, 512, 100), 100);
  EXPECT_EQ(error_of(::fsync(*file)), 0);
  EXPECT_THAT(content_of(sync_log()), testing::ContainsRegex(R"("op":"given_up","path":"f","end":2048.*
.*"op":"rewritten","path":"f","offset":512,"end":612.*
.*"op":"fsync","path":"f")"));
}

}  // namespace
}  // namespace holdfast::faultfs
