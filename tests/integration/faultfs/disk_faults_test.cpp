// The effects that change what a disk is or holds, seen by a program on the mount.
#include <sys/file.h>
#include <sys/statvfs.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

std::size_t differences(const std::string& a, const std::string& b) {
  std::size_t count = a.size() == b.size() ? 0 : a.size() + b.size();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

class Corruption : public MountTest {
 protected:
  const std::string text_ = std::string(10'000, 't');
};

TEST_F(Corruption, OnReadTheProgramSeesDamageThatTheDiskDoesNotHave) {
  mount();
  std::ofstream(mountpoint("a")) << text_;
  arm(R"({"name": "c", "when": {"limit": 1},
          "effect": {"corrupt": {"on": "read", "with": "bit_flips", "count": 3}}})");
  const auto damaged = differences(content_of(mountpoint("a")), text_);
  EXPECT_GE(damaged, 1U);
  EXPECT_LE(damaged, 3U);
  EXPECT_EQ(content_of(backing("a")), text_);
  EXPECT_EQ(content_of(mountpoint("a")), text_);
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("op":"read","offset":0)"));
  EXPECT_THAT(content_of(fault_log()),
              HasSubstr(R"("decision":"corrupt bit_flips","order_dependent":true,"damaged":[[)"));
}

TEST_F(Corruption, OnWriteTheDiskHoldsWhatWasNeverWritten) {
  mount();
  arm(R"({"name": "c", "effect": {"corrupt": {"on": "write", "with": "zeros", "bytes": "100B"}}})");
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  EXPECT_EQ(::write(*file, text_.data(), text_.size()), static_cast<ssize_t>(text_.size()));
  const auto damaged = differences(content_of(backing("a")), text_);
  EXPECT_GE(damaged, 1U);
  EXPECT_LE(damaged, 100U);
  EXPECT_EQ(content_of(mountpoint("a")), content_of(backing("a")));
}

TEST_F(Corruption, ADelayedWriteIsDamagedToo) {
  mount();
  arm(R"({"name": "slow", "when": {"op": "write"}, "effect": {"latency": "20ms"}},
         {"name": "c", "effect": {"corrupt": {"on": "write", "with": "random", "bytes": "10B"}}})");
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  EXPECT_EQ(::write(*file, text_.data(), text_.size()), static_cast<ssize_t>(text_.size()));
  EXPECT_GE(differences(content_of(backing("a")), text_), 1U);
}

TEST_F(Corruption, AtRestItIsThereWhenArmingIsAcknowledged) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("spool").c_str(), 0755), 0);
  std::ofstream(mountpoint("spool/1.seg")) << text_;
  std::ofstream(mountpoint("spool/2.txt")) << text_;
  arm(R"({"name": "c", "when": {"path": "spool/*.seg"},
          "effect": {"corrupt": {"on": "rest", "with": "random", "count": 2, "bytes": "20B"}}})");
  const auto damaged = differences(content_of(backing("spool/1.seg")), text_);
  EXPECT_GE(damaged, 20U);
  EXPECT_LE(damaged, 40U);
  EXPECT_EQ(content_of(backing("spool/2.txt")), text_);
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("pid":0,"path":"spool/1.seg","op":"rest")"));
}

TEST_F(Corruption, AtRestItComesAtItsTimeAndNotAfterHealing) {
  mount();
  std::ofstream(mountpoint("a")) << text_;
  const std::string later = R"({"name": "c", "when": {"from": "100ms"},
                                "effect": {"corrupt": {"on": "rest", "with": "zeros"}}})";
  arm(later);
  ASSERT_TRUE(control().clear());
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(content_of(backing("a")), text_);
  arm(later);
  EXPECT_THAT(*control().status(), HasSubstr(R"("delayed": 0)")) << "damage to come is no request";
  EXPECT_EQ(content_of(fault_log()), "");
  EXPECT_TRUE(eventually([&] { return content_of(backing("a")) != text_; }));
}

TEST_F(Corruption, WhatIsToBeRestoredIsSoWhenTheRulesChangeButNotWhatWasWrittenOver) {
  mount();
  std::ofstream(mountpoint("a")) << text_;
  std::ofstream(mountpoint("moved")) << text_;
  arm(R"({"name": "c", "effect": {"corrupt": {"on": "rest", "with": "random", "bytes": "400B", "restore": true}}})");
  EXPECT_NE(content_of(backing("a")), text_);
  ASSERT_EQ(::rename(mountpoint("moved").c_str(), mountpoint("b").c_str()), 0);
  Opened file(mountpoint("a"), O_RDWR);
  ASSERT_EQ(::pwrite(*file, "over", 4, 0), 4);
  ASSERT_EQ(::pwrite(*file, "over", 4, static_cast<off_t>(text_.size() / 2)), 4);
  ASSERT_TRUE(control().clear());
  std::string expected = text_;
  expected.replace(0, 4, "over");
  expected.replace(text_.size() / 2, 4, "over");
  EXPECT_EQ(content_of(mountpoint("a")), expected);
  EXPECT_EQ(content_of(mountpoint("b")), text_) << "wherever it is now";
}

TEST_F(Corruption, OnWriteItStaysUntilItIsToBeRestored) {
  mount();
  arm(R"({"name": "c", "effect": {"corrupt": {"on": "write", "with": "bit_flips", "count": 9}}})");
  std::ofstream(mountpoint("a")) << text_;
  ASSERT_TRUE(control().clear());
  EXPECT_NE(content_of(backing("a")), text_) << "without \"restore\" it is there to stay";
  EXPECT_EQ(run({"restore", mountpoint(), "--socket", socket()}), 0);
  EXPECT_THAT(output_, HasSubstr("restored"));
  EXPECT_EQ(content_of(backing("a")), text_);
  EXPECT_EQ(*control().restore(), 0U) << "once";
}

class Permission : public MountTest {};

TEST_F(Permission, IsAskedByNameAndNotOfAnOpenFile) {
  mount();
  std::ofstream(mountpoint("a")) << "a";
  Opened file(mountpoint("a"), O_RDWR);
  arm(R"({"name": "chown", "effect": {"permission": "EACCES"}})");
  EXPECT_EQ(error_of(::write(*file, "x", 1)), 0);
  EXPECT_EQ(error_of(::fsync(*file)), 0);
  EXPECT_EQ(error_of(::ftruncate(*file, 10)), 0);
  EXPECT_EQ(error_of(::flock(*file, LOCK_EX)), 0);
  EXPECT_EQ(error_of(::truncate(mountpoint("a").c_str(), 5)), EACCES);
  EXPECT_EQ(error_of(::open(mountpoint("a").c_str(), O_RDONLY)), EACCES);
  EXPECT_EQ(error_of(::open(mountpoint("b").c_str(), O_WRONLY | O_CREAT, 0644)), EACCES);
  EXPECT_EQ(error_of(::mkdir(mountpoint("d").c_str(), 0755)), EACCES);
  EXPECT_EQ(error_of(::unlink(mountpoint("a").c_str())), EACCES);
  EXPECT_EQ(error_of(::rename(mountpoint("a").c_str(), mountpoint("b").c_str())), EACCES);
  EXPECT_EQ(error_of(::open(mountpoint().c_str(), O_RDONLY | O_DIRECTORY)), EACCES);
  struct stat status {};
  EXPECT_EQ(error_of(::stat(mountpoint("a").c_str(), &status)), 0);
}

class ReadOnly : public MountTest {};

TEST_F(ReadOnly, RefusesEveryChangeThroughOpenFilesTooAndReadsOn) {
  mount();
  std::ofstream(mountpoint("a")) << "a";
  Opened file(mountpoint("a"), O_RDWR);
  arm(R"({"name": "remounted", "effect": {"read_only": true}})");
  EXPECT_EQ(error_of(::write(*file, "x", 1)), EROFS);
  EXPECT_EQ(error_of(::fsync(*file)), EROFS);
  EXPECT_EQ(error_of(::ftruncate(*file, 0)), EROFS);
  EXPECT_EQ(error_of(::chmod(mountpoint("a").c_str(), 0600)), EROFS);
  EXPECT_EQ(error_of(::unlink(mountpoint("a").c_str())), EROFS);
  EXPECT_EQ(error_of(::open(mountpoint("a").c_str(), O_WRONLY)), EROFS);
  EXPECT_EQ(error_of(::open(mountpoint("b").c_str(), O_WRONLY | O_CREAT, 0644)), EROFS);
  EXPECT_EQ(content_of(mountpoint("a")), "a");
  ASSERT_TRUE(control().clear());
  EXPECT_EQ(error_of(::write(*file, "x", 1)), 0);
}

class Hang : public MountTest {};

TEST_F(Hang, AHungFileDoesNotSlowItsNeighbourAndHealingAnswersIt) {
  mount();
  std::ofstream(mountpoint("hung")) << "abc";
  std::ofstream(mountpoint("quick")) << "abc";
  arm(R"({"name": "h", "when": {"op": "read", "path": "hung"}, "effect": {"hang": true}})");
  std::atomic<bool> returned{false};
  std::thread reader([&] {
    EXPECT_EQ(content_of(mountpoint("hung")), "abc");
    returned = true;
  });
  EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 1)") != std::string::npos; }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(content_of(mountpoint("quick")), "abc");
  EXPECT_FALSE(returned);
  EXPECT_TRUE(control().clear());
  reader.join();
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("decision":"hang")"));
}

TEST_F(Hang, ItsWindowBoundsIt) {
  mount();
  std::ofstream(mountpoint("hung")) << "abc";
  arm(R"({"name": "h", "when": {"op": "read", "to": "200ms"}, "effect": {"hang": true}})");
  const auto start = steady_clock::now();
  EXPECT_EQ(content_of(mountpoint("hung")), "abc");
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
}

class Inodes : public MountTest {
 protected:
  std::uint64_t available() {
    struct statvfs status {};
    EXPECT_EQ(::statvfs(mountpoint().c_str(), &status), 0);
    return status.f_favail;
  }
};

TEST_F(Inodes, RunOutForEverythingThatIsMadeAndComeBackWithWhatIsRemoved) {
  mount();
  std::ofstream(mountpoint("old")) << "old";
  arm(R"({"name": "inodes", "effect": {"full": {"inodes": 3}}})");
  EXPECT_EQ(available(), 3U);
  std::ofstream(mountpoint("a")) << std::string(100'000, 'a');
  EXPECT_EQ(std::filesystem::file_size(backing("a")), 100'000U) << "bytes are not limited";
  ASSERT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
  ASSERT_EQ(::symlink("a", mountpoint("s").c_str()), 0);
  EXPECT_EQ(available(), 0U);
  EXPECT_EQ(error_of(::open(mountpoint("b").c_str(), O_WRONLY | O_CREAT, 0644)), ENOSPC);
  EXPECT_EQ(error_of(::mkdir(mountpoint("e").c_str(), 0755)), ENOSPC);
  EXPECT_EQ(error_of(::symlink("a", mountpoint("t").c_str())), ENOSPC);
  EXPECT_EQ(error_of(::rename(mountpoint("a").c_str(), mountpoint("c").c_str())), 0);
  ASSERT_EQ(::rmdir(mountpoint("d").c_str()), 0);
  ASSERT_EQ(::unlink(mountpoint("s").c_str()), 0);
  ASSERT_EQ(::unlink(mountpoint("old").c_str()), 0);
  EXPECT_EQ(available(), 3U);
}

class Replaced : public MountTest {};

TEST_F(Replaced, AFileThatIsADirectoryNowCanNeitherBeOpenedNorReplaced) {
  mount();
  std::ofstream(mountpoint("usage.json")) << "{}";
  std::ofstream(mountpoint("usage.json.new")) << "{}";
  Opened file(mountpoint("usage.json"), O_RDWR);
  arm(R"({"name": "k", "when": {"path": "usage.json"}, "effect": {"replaced_by": "directory"}})");
  EXPECT_EQ(error_of(::open(mountpoint("usage.json").c_str(), O_RDWR)), EISDIR);
  EXPECT_EQ(error_of(::rename(mountpoint("usage.json.new").c_str(), mountpoint("usage.json").c_str())),
            EISDIR);
  EXPECT_EQ(error_of(::unlink(mountpoint("usage.json").c_str())), EISDIR);
  EXPECT_EQ(error_of(::write(*file, "x", 1)), 0);
}

TEST_F(Replaced, ADirectoryThatIsAFileNowEndsEveryPathThroughIt) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("spool").c_str(), 0755), 0);
  std::ofstream(mountpoint("spool/1.seg")) << "x";
  Opened file(mountpoint("spool/1.seg"), O_RDWR);
  arm(R"({"name": "k", "when": {"path": "spool"}, "effect": {"replaced_by": "file"}})");
  EXPECT_EQ(error_of(::open(mountpoint("spool/1.seg").c_str(), O_RDONLY)), ENOTDIR);
  EXPECT_EQ(error_of(::open(mountpoint("spool/2.seg").c_str(), O_WRONLY | O_CREAT, 0644)), ENOTDIR);
  EXPECT_EQ(error_of(::open(mountpoint("spool").c_str(), O_RDONLY | O_DIRECTORY)), ENOTDIR);
  EXPECT_EQ(error_of(::write(*file, "x", 1)), 0);
}

}  // namespace
}  // namespace holdfast::faultfs
