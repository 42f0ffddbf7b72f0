// The power is cut under a mount: what was promised stays, and what was not can go.
#include <sys/mman.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const PowerCutRequest kWorst = {.options = {.data = Fate::lost, .names = Fate::lost}};

class PowerCutTest : public MountTest {
 protected:
  void mount_with_account(std::vector<std::string> more = {}) {
    more.emplace_back("--power-cut");
    mount(more);
  }

  PowerCutReport cut(const PowerCutRequest& request = kWorst) {
    auto report = control().cut_power(request);
    EXPECT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->failures, IsEmpty());
    return *std::move(report);
  }

  // By a program that syncs what it writes, and the name.
  void store(const std::string& name, const std::string& text) {
    write(name, text);
    sync(name);
    sync_directory();
  }
  void write(const std::string& name, const std::string& text, int more_flags = O_TRUNC) {
    const Opened file(mountpoint(name), O_WRONLY | O_CREAT | more_flags);
    ASSERT_EQ(::write(*file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  int sync(const std::string& name) { return error_of(::fsync(*Opened(mountpoint(name), O_RDONLY))); }
  void sync_directory(const std::string& name = "") {
    EXPECT_EQ(::fsync(*Opened(mountpoint(name), O_RDONLY | O_DIRECTORY)), 0);
  }
  std::string seen(const std::string& name) const { return content_of(mountpoint(name)); }
  bool exists(const std::string& name) const { return ::access(mountpoint(name).c_str(), F_OK) == 0; }
};

TEST_F(PowerCutTest, WhatIsSyncedStaysAndWhatIsNotGoes) {
  mount_with_account();
  store("f", "old");
  write("f", "new and longer");
  write("g", "never synced");
  const auto report = cut();
  EXPECT_EQ(seen("f"), "old");
  EXPECT_EQ(content_of(backing("f")), "old");
  EXPECT_FALSE(exists("g"));
  ASSERT_EQ(report.lost_names.size(), 1U);
  EXPECT_EQ(report.lost_names[0].path, "g");
}

TEST_F(PowerCutTest, TheSyncOfAFileDoesNotKeepItsName) {
  mount_with_account();
  write("f", "bytes");
  EXPECT_EQ(sync("f"), 0);
  cut();
  EXPECT_FALSE(exists("f"));
}

TEST_F(PowerCutTest, ARenameWithoutASyncOfItsDirectoryIsCaught) {
  mount_with_account();
  store("config", "old");
  write("config.tmp", "new");
  EXPECT_EQ(sync("config.tmp"), 0);
  ASSERT_EQ(::rename(mountpoint("config.tmp").c_str(), mountpoint("config").c_str()), 0);
  cut();
  EXPECT_EQ(seen("config"), "old") << "what the rename replaced is back";
  write("config.tmp", "new");
  EXPECT_EQ(sync("config.tmp"), 0);
  ASSERT_EQ(::rename(mountpoint("config.tmp").c_str(), mountpoint("config").c_str()), 0);
  sync_directory();
  cut();
  EXPECT_EQ(seen("config"), "new");
  EXPECT_FALSE(exists("config.tmp"));
}

TEST_F(PowerCutTest, AWriteThroughODsyncIsDurable) {
  mount_with_account();
  store("f", std::string(1024, 'o'));
  write("f", "durable", O_DSYNC);
  cut();
  EXPECT_EQ(seen("f"), "durable" + std::string(1024 - 7, 'o'));
}

TEST_F(PowerCutTest, WhatWasRemovedComesBackAsItWas) {
  mount_with_account();
  store("f", "bytes");
  ASSERT_EQ(::chmod(mountpoint("f").c_str(), 0640), 0);
  ASSERT_EQ(::symlink("f", mountpoint("s").c_str()), 0);
  ASSERT_EQ(::link(mountpoint("f").c_str(), mountpoint("other").c_str()), 0);
  ASSERT_EQ(::mkdir(mountpoint("d").c_str(), 0750), 0);
  sync_directory();
  for (const char* name : {"f", "s", "other"}) ASSERT_EQ(::unlink(mountpoint(name).c_str()), 0);
  ASSERT_EQ(::rmdir(mountpoint("d").c_str()), 0);
  cut();
  EXPECT_EQ(seen("f"), "bytes");
  struct stat file {
  }, other{}, directory{};
  ASSERT_EQ(::stat(mountpoint("f").c_str(), &file), 0);
  ASSERT_EQ(::stat(mountpoint("other").c_str(), &other), 0);
  EXPECT_EQ(file.st_mode & 07777, 0640U);
  EXPECT_EQ(file.st_ino, other.st_ino) << "two names of one file";
  EXPECT_EQ(std::filesystem::read_symlink(mountpoint("s")), "f");
  ASSERT_EQ(::stat(mountpoint("d").c_str(), &directory), 0);
  EXPECT_EQ(directory.st_mode & 07777, 0750U);
}

TEST_F(PowerCutTest, ADirectoryThatWasSyncedGoesWithItsNameWhichWasNot) {
  mount_with_account();
  ASSERT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
  write("d/f", "bytes");
  EXPECT_EQ(sync("d/f"), 0);
  sync_directory("d");
  cut();
  EXPECT_FALSE(exists("d"));
}

TEST_F(PowerCutTest, WhatWasOpenIsDead) {
  mount_with_account();
  const Opened directory(mountpoint(), O_RDONLY | O_DIRECTORY);
  const Opened file(mountpoint("f"), O_RDWR | O_CREAT);
  sync_directory();
  cut();
  char byte = 'x';
  EXPECT_EQ(error_of(::write(*file, &byte, 1)), EIO);
  EXPECT_EQ(error_of(::read(*file, &byte, 1)), EIO);
  EXPECT_EQ(error_of(::fsync(*file)), EIO);
  EXPECT_EQ(error_of(::ftruncate(*file, 5)), EIO);
  EXPECT_EQ(error_of(::fsync(*directory)), EIO);
  const Opened anew(mountpoint("f"), O_RDWR);
  EXPECT_EQ(::write(*anew, &byte, 1), 1);
}

TEST_F(PowerCutTest, ARequestThatWaitsIsNotCarriedOut) {
  mount_with_account();
  store("f", "old");
  arm(R"({"name": "slow", "when": {"op": ["write", "mkdir"]}, "effect": {"latency": "1h"}})");
  int write_error = 0, make_error = 0;
  std::thread writer([&] {
    const Opened file(mountpoint("f"), O_WRONLY);
    write_error = error_of(::write(*file, "new", 3));
  });
  std::thread maker([&] { make_error = error_of(::mkdir(mountpoint("d").c_str(), 0755)); });
  EXPECT_TRUE(eventually([&] { return control().status()->find("\"delayed\": 2") != std::string::npos; }));
  cut();
  writer.join();
  maker.join();
  EXPECT_EQ(write_error, EIO);
  EXPECT_EQ(make_error, EIO);
  EXPECT_EQ(seen("f"), "old");
  EXPECT_FALSE(exists("d"));
}

TEST_F(PowerCutTest, WhatAFailedSyncGaveUpIsLostThoughALaterSyncSucceeds) {
  mount_with_account();
  store("f", std::string(4096, 'o'));
  arm(R"({"name": "s", "when": {"nth": 1}, "effect": {"sync_failure": "ext4_ordered"}})");
  write("f", "given up", 0);
  EXPECT_EQ(sync("f"), EIO);
  EXPECT_EQ(seen("f").substr(0, 8), "given up") << "it is still in memory";
  EXPECT_EQ(sync("f"), 0);
  cut();
  EXPECT_EQ(seen("f"), std::string(4096, 'o'));
}

TEST_F(PowerCutTest, TellsWhatIsUnsyncedAtAnyMoment) {
  mount_with_account();
  store("f", std::string(100, 'o'));
  EXPECT_THAT(control().unsynced()->files, IsEmpty());
  write("f", "ab", 0);
  const Opened file(mountpoint("f"), O_WRONLY);
  ASSERT_EQ(::pwrite(*file, "cd", 2, 50), 2);
  ASSERT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
  const auto report = control().unsynced();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->files.size(), 1U);
  EXPECT_EQ(report->files[0].path, "f");
  EXPECT_THAT(report->files[0].ranges,
              ElementsAre(DurabilityLedger::Range{0, 2}, DurabilityLedger::Range{50, 52}));
  ASSERT_EQ(report->names.size(), 1U);
  EXPECT_EQ(report->names[0].path, "d");
  EXPECT_EQ(::fsync(*file), 0);
  sync_directory();
  EXPECT_THAT(control().unsynced()->files, IsEmpty());
  EXPECT_THAT(control().unsynced()->names, IsEmpty());
}

TEST_F(PowerCutTest, SharedMemoryIsAccountedForAsItIsWrittenBack) {
  mount_with_account();
  store("f", std::string(4096, 'o'));
  {
    const Opened file(mountpoint("f"), O_RDWR);
    void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    if (memory == MAP_FAILED) GTEST_SKIP() << "this kernel shares no writable mapping here";
    std::memset(memory, 'm', 10);
    EXPECT_EQ(::msync(memory, 4096, MS_SYNC), 0);
    std::memset(memory, 'n', 20);
    ::munmap(memory, 4096);
  }
  EXPECT_EQ(seen("f").substr(0, 20), std::string(20, 'n'));
  cut();
  EXPECT_EQ(seen("f"), std::string(10, 'm') + std::string(4086, 'o'));
}

TEST_F(PowerCutTest, AChangeThatIsTooLargeToBeTakenBackIsMadeDurableAndToldOf) {
  mount_with_account();
  store("large", "");
  store("small", "old");
  const Opened large(mountpoint("large"), O_RDWR);
  ASSERT_EQ(::ftruncate(*large, DurabilityLedger::kMostBytes + 1), 0);
  EXPECT_EQ(::fsync(*large), 0);
  write("small", "new");
  EXPECT_EQ(control().unsynced()->settled, 0U);
  ASSERT_EQ(::ftruncate(*large, 0), 0);
  EXPECT_EQ(control().unsynced()->settled, 1U);
  EXPECT_EQ(cut().settled, 1U);
  EXPECT_EQ(std::filesystem::file_size(mountpoint("large")), 0U);
  EXPECT_EQ(seen("small"), "new") << "everything was synced";
}

TEST_F(PowerCutTest, TheSameSeedGivesTheSameLoss) {
  mount_with_account({"--seed", "5"});
  std::vector<std::string> states;
  for (const std::uint64_t seed : {7, 7, 8}) {
    store("f", std::string(8192, 'o'));
    for (int i = 0; i < 16; ++i) {
      const Opened file(mountpoint("f"), O_WRONLY);
      ASSERT_EQ(::pwrite(*file, std::string(512, 'a' + i).data(), 512, 512 * i), 512);
    }
    cut({.seed = seed});
    states.push_back(seen("f"));
  }
  EXPECT_EQ(states[0], states[1]);
  EXPECT_NE(states[0], states[2]);
  EXPECT_THAT(states[0], HasSubstr("o")) << "some are lost";
  EXPECT_NE(states[0], std::string(8192, 'o')) << "some are kept";
}

TEST_F(PowerCutTest, SaysHowWhenTheMountKeepsNoAccount) {
  mount();
  const auto report = control().cut_power();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("mount it with --power-cut"));
  EXPECT_FALSE(control().unsynced());
}

TEST_F(PowerCutTest, TheCommandsTellItToPeople) {
  mount_with_account();
  store("f", "old");
  write("f", "new");
  ASSERT_EQ(run({"unsynced", mountpoint(), "--socket", socket()}), 0);
  EXPECT_THAT(output_, HasSubstr("f  0-3"));
  ASSERT_EQ(run({"power-cut", mountpoint(), "--socket", socket(), "--data", "lost"}), 0);
  EXPECT_THAT(output_, HasSubstr("seed 1"));
  EXPECT_EQ(seen("f"), "old");
  ASSERT_EQ(run({"power-cut", mountpoint(), "--socket", socket(), "--data", "lots"}), 3);
  EXPECT_THAT(
      output_,
      HasSubstr("--data \"lots\"; allowed are \"drawn\", \"lost\", \"kept\"; did you mean \"lost\"?"));
}

}  // namespace
}  // namespace holdfast::faultfs
