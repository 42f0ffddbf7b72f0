// What was promised is compared with what is there: a disk that lied is found out.
#include "faultfs/trial/promise_check.h"

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PromiseTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (!IsSkipped()) mount({"--power-cut"});
  }
  void store(const std::string& name, const std::string& text, std::uint64_t offset = 0) {
    const Opened file(mountpoint(name), O_WRONLY | O_CREAT);
    ASSERT_EQ(::pwrite(*file, text.data(), text.size(), static_cast<off_t>(offset)),
              static_cast<ssize_t>(text.size()));
    EXPECT_EQ(::fsync(*file), 0);
    sync_directory();
  }
  void sync_directory() { EXPECT_EQ(::fsync(*Opened(mountpoint(), O_RDONLY | O_DIRECTORY)), 0); }
  std::vector<std::string> broken() {
    auto promise = control().promised();
    EXPECT_TRUE(promise) << promise.error().message;
    return broken_promises(*promise, backing());
  }
};

TEST_F(PromiseTest, AnHonestDiskKeepsItsPromises) {
  store("f", std::string(3000, 'a'));
  store("f", std::string(100, 'b'), 700);
  store("f", std::string(5000, 'c'), 2900);
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(PromiseTest, ALostWriteIsFoundOut) {
  arm(R"({"name": "lies", "when": {"path": "f", "nth": 2}, "effect": {"lost": true}})");
  store("f", std::string(4096, 'a'));
  store("f", std::string(1024, 'b'), 1024);
  EXPECT_THAT(broken(), ElementsAre("f: bytes 0-4096 were durable, and are others"));
}

TEST_F(PromiseTest, ALostWriteIsPromisedWhenItIsSyncedAndNotBefore) {
  store("f", std::string(4096, 'a'));
  arm(R"({"name": "lies", "when": {"path": "f"}, "effect": {"lost": true}})");
  const Opened file(mountpoint("f"), O_WRONLY);
  ASSERT_EQ(::pwrite(*file, std::string(1024, 'b').data(), 1024, 0), 1024);
  EXPECT_THAT(broken(), IsEmpty());
  EXPECT_EQ(::fsync(*file), 0);
  EXPECT_EQ(broken().size(), 1U);
}

TEST_F(PromiseTest, ASyncThatFailedPromisesNothing) {
  for (const std::string profile : {"btrfs", "ext4_ordered"}) {
    store(profile, std::string(4096, 'a'));
    arm(R"({"name": "s", "when": {"nth": 1}, "effect": {"sync_failure": ")" + profile + "\"}}");
    const Opened file(mountpoint(profile), O_WRONLY);
    ASSERT_EQ(::pwrite(*file, std::string(512, 'b').data(), 512, 0), 512);
    EXPECT_EQ(error_of(::fsync(*file)), EIO) << profile;
    EXPECT_THAT(broken(), IsEmpty()) << profile;
    arm("");
  }
}

// The kernel of ext4 with data=journal succeeds, and tells the next who asks.
TEST_F(PromiseTest, ASyncThatLiedIsFoundOutAfterAPowerCut) {
  store("f", std::string(4096, 'a'));
  arm(R"({"name": "s", "when": {"nth": 1}, "effect": {"sync_failure": "ext4_data"}})");
  const Opened file(mountpoint("f"), O_WRONLY);
  ASSERT_EQ(::pwrite(*file, std::string(512, 'b').data(), 512, 0), 512);
  EXPECT_EQ(::fsync(*file), 0);
  const auto promise = control().promised();
  ASSERT_TRUE(promise);
  ASSERT_TRUE(control().cut_power());
  EXPECT_EQ(broken_promises(*promise, backing()).size(), 1U);
}

TEST_F(PromiseTest, AFileThatWasMadeWithoutANameIsPromisedOnceItHasOne) {
  const Opened file(mountpoint(), O_WRONLY | O_TMPFILE);
  ASSERT_EQ(::pwrite(*file, std::string(512, 'b').data(), 512, 0), 512);
  EXPECT_EQ(::fsync(*file), 0);
  const std::string descriptor = "/proc/self/fd/" + std::to_string(*file);
  ASSERT_EQ(::linkat(AT_FDCWD, descriptor.c_str(), AT_FDCWD, mountpoint("f").c_str(), AT_SYMLINK_FOLLOW), 0);
  sync_directory();
  const auto promise = control().promised();
  ASSERT_TRUE(promise);
  ASSERT_EQ(promise->files.size(), 1U);
  EXPECT_EQ(promise->files[0].size, 512U);
}

TEST_F(PromiseTest, DamageOnTheWayIsFoundOut) {
  arm(R"({"name": "flips", "when": {"path": "f"}, "effect": {"corrupt": {"on": "write", "with": "bit_flips", "count": 1}}})");
  store("f", std::string(100'000, 'a'));
  EXPECT_EQ(broken().size(), 1U) << "one bit in one run";
}

TEST_F(PromiseTest, DamageAtRestIsFoundOutAndItsUndoingToo) {
  store("f", std::string(4096, 'a'));
  arm(R"({"name": "rots", "when": {"path": "f"}, "effect": {"corrupt": {"on": "rest", "with": "bit_flips", "count": 8}}})");
  EXPECT_EQ(broken().size(), 1U);
  EXPECT_EQ(*control().restore(), 8U);
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(PromiseTest, AWriteThatFailedPromisesNothing) {
  store("f", std::string(4096, 'a'));
  arm(R"({"name": "torn", "when": {"path": "f"}, "effect": {"torn": {"keep": "prefix", "bytes": "600B", "answer": "EIO"}}})");
  const Opened file(mountpoint("f"), O_WRONLY);
  EXPECT_EQ(error_of(::pwrite(*file, std::string(1024, 'b').data(), 1024, 0)), EIO);
  arm("");
  EXPECT_EQ(::fsync(*file), 0);
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(PromiseTest, NamesThatGoOrComeBackAreFoundOut) {
  store("stays", "x");
  store("goes", "x");
  ASSERT_EQ(::unlink(mountpoint("goes").c_str()), 0);
  sync_directory();
  ASSERT_EQ(::mkdir(mountpoint("unsynced").c_str(), 0755), 0);
  const auto promise = control().promised();
  ASSERT_TRUE(promise);
  EXPECT_THAT(broken_promises(*promise, backing()), IsEmpty());
  std::filesystem::remove(backing("stays"));
  std::filesystem::remove(backing("unsynced"));
  std::ofstream(backing("goes")) << "back";
  EXPECT_THAT(broken_promises(*promise, backing()),
              ElementsAre("stays: the name was durable, and is missing",
                          "goes: its removal was durable, and it is back"));
}

TEST_F(PromiseTest, TheCommandsSayWhatIsBroken) {
  store("f", std::string(100, 'a'));
  ASSERT_EQ(run({"promised", mountpoint(), "--socket", socket()}), 0);
  const std::string promise = backing() + "-promise.json";
  std::ofstream(promise) << output_;
  EXPECT_EQ(run({"check", promise, mountpoint()}), 0);
  EXPECT_THAT(output_, testing::HasSubstr("promised: 1 name, 100 bytes of 1 file; broken: none"));
  std::filesystem::resize_file(backing("f"), 50);
  EXPECT_EQ(run({"check", promise, mountpoint()}), 1);
  EXPECT_THAT(output_, testing::HasSubstr("f: 100 bytes were durable, and 50 are there"));
  EXPECT_EQ(run({"check", backing("f"), mountpoint()}), 3);
  EXPECT_THAT(output_, testing::HasSubstr("it is no JSON"));
}

}  // namespace
}  // namespace holdfast::faultfs
