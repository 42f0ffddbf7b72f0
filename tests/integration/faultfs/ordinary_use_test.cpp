// Without faults the mount is the directory behind it.
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class OrdinaryUse : public MountTest {};

TEST_F(OrdinaryUse, WhatIsWrittenIsReadBackAndLiesInTheBackingDirectory) {
  mount();
  const std::string bytes(300'000, 'x');
  std::ofstream(mountpoint("a")) << bytes;
  EXPECT_EQ(content_of(mountpoint("a")), bytes);
  EXPECT_EQ(content_of(backing("a")), bytes);
  std::ofstream(mountpoint("a"), std::ios::app) << "end";
  EXPECT_EQ(content_of(backing("a")), bytes + "end");
  std::ofstream(mountpoint("a"), std::ios::trunc) << "new";
  EXPECT_EQ(content_of(backing("a")), "new");
}

TEST_F(OrdinaryUse, NamesAreMadeMovedListedAndRemoved) {
  mount();
  fs::create_directories(mountpoint("d/e"));
  std::ofstream(mountpoint("d/e/f")) << "1";
  fs::rename(mountpoint("d"), mountpoint("g"));
  EXPECT_EQ(content_of(mountpoint("g/e/f")), "1");
  fs::create_symlink("e/f", mountpoint("g/s"));
  EXPECT_EQ(fs::read_symlink(mountpoint("g/s")), "e/f");
  fs::create_hard_link(mountpoint("g/e/f"), mountpoint("h"));
  EXPECT_EQ(fs::hard_link_count(mountpoint("h")), 2U);
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(mountpoint())) {
    names.push_back(entry.path().lexically_relative(mountpoint()).string());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("g", "g/e", "g/e/f", "g/s", "h"));
  EXPECT_EQ(fs::remove_all(mountpoint("g")), 4U);
  EXPECT_FALSE(fs::exists(backing("g")));
  EXPECT_EQ(::open(mountpoint("h").c_str(), O_RDWR | O_CREAT | O_EXCL, 0600), -1);
  EXPECT_EQ(errno, EEXIST);
}

TEST_F(OrdinaryUse, ADirectoryLargerThanOneAnswerIsListedWhole) {
  mount();
  for (int i = 0; i < 500; ++i) std::ofstream(backing("a-name-that-takes-some-room-" + std::to_string(i)));
  EXPECT_EQ(std::distance(fs::directory_iterator(mountpoint()), fs::directory_iterator()), 500);
}

// In a child, since what is taken from the limit is gone for good.
TEST_F(OrdinaryUse, MoreFilesThanTheDaemonHasDescriptorsAreMadeListedAndOpened) {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr rlimit kFew{1024, 1024};  // what a shell gives
    ::setrlimit(RLIMIT_NOFILE, &kFew);
    mount();
    int seen = 0;
    for (int i = 0; i < 5000; ++i) std::ofstream(mountpoint(std::to_string(i))) << i;
    for (const auto& entry : fs::directory_iterator(mountpoint()))
      if (content_of(entry.path()) == entry.path().filename()) ++seen;
    ::_exit(seen == 5000 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(OrdinaryUse, AnUnlinkedFileLivesUntilItsLastClose) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  ASSERT_EQ(::write(*file, "abc", 3), 3);
  ASSERT_EQ(::unlink(mountpoint("a").c_str()), 0);
  char back[3];
  EXPECT_EQ(::pread(*file, back, 3, 0), 3);
  EXPECT_EQ(::ftruncate(*file, 1), 0);
  EXPECT_EQ(::fsync(*file), 0);
}

TEST_F(OrdinaryUse, AttributesReachTheFile) {
  mount();
  std::ofstream(mountpoint("a")) << "abc";
  ASSERT_EQ(::chmod(mountpoint("a").c_str(), 0640), 0);
  ASSERT_EQ(::truncate(mountpoint("a").c_str(), 10), 0);
  const timespec times[2] = {{1, 2}, {3, 4}};
  ASSERT_EQ(::utimensat(AT_FDCWD, mountpoint("a").c_str(), times, 0), 0);
  struct stat status {};
  ASSERT_EQ(::stat(backing("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
  EXPECT_EQ(status.st_size, 10);
  EXPECT_EQ(status.st_mtim.tv_sec, 3);
  EXPECT_EQ(status.st_mtim.tv_nsec, 4);
}

TEST_F(OrdinaryUse, ExtendedAttributesPassThroughWhereTheBackingDirectoryHasThem) {
  mount();
  std::ofstream(backing("a"));
  if (::setxattr(backing("a").c_str(), "user.x", "1", 1, 0) != 0) GTEST_SKIP() << "no user attributes here";
  ASSERT_EQ(::setxattr(mountpoint("a").c_str(), "user.y", "22", 2, 0), 0);
  char value[8];
  EXPECT_EQ(::getxattr(mountpoint("a").c_str(), "user.y", value, sizeof value), 2);
  EXPECT_GT(::listxattr(mountpoint("a").c_str(), nullptr, 0), 0);
  EXPECT_EQ(::removexattr(mountpoint("a").c_str(), "user.x"), 0);
  EXPECT_EQ(::getxattr(backing("a").c_str(), "user.x", value, sizeof value), -1);
}

TEST_F(OrdinaryUse, SpaceIsAllocatedAndHolesAreFound) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  ASSERT_EQ(::fallocate(*file, 0, 0, 100'000), 0);
  struct stat status {};
  ASSERT_EQ(::fstat(*file, &status), 0);
  EXPECT_EQ(status.st_size, 100'000);
  EXPECT_EQ(::lseek(*file, 0, SEEK_END), 100'000);
  EXPECT_EQ(::lseek(*file, 0, SEEK_HOLE), ::lseek(Opened(backing("a"), O_RDONLY).operator*(), 0, SEEK_HOLE));
}

TEST_F(OrdinaryUse, AWholeFileLockExcludesOthersAndIsWaitedFor) {
  mount();
  Opened first(mountpoint("a"), O_RDWR | O_CREAT);
  Opened second(mountpoint("a"), O_RDWR);
  ASSERT_EQ(::flock(*first, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(::flock(*second, LOCK_EX | LOCK_NB), -1);
  EXPECT_EQ(errno, EWOULDBLOCK);
  std::thread waiter([&] { EXPECT_EQ(::flock(*second, LOCK_EX), 0); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(::flock(*first, LOCK_UN), 0);
  waiter.join();
}

TEST_F(OrdinaryUse, AProgramInItRuns) {
  mount();
  fs::copy_file("/bin/true", mountpoint("true"));
  EXPECT_EQ(std::system(mountpoint("true").c_str()), 0);
}

TEST_F(OrdinaryUse, TheKernelNeverHidesAnOperationFromTheRules) {
  mount();
  std::ofstream(mountpoint("a")) << "abc";
  EXPECT_EQ(content_of(mountpoint("a")), "abc");
  arm(R"({"name": "r", "when": {"op": ["read", "getattr", "lookup"], "path": "a"}, "effect": {"error": "EIO"}})");
  struct stat status {};
  EXPECT_EQ(::stat(mountpoint("a").c_str(), &status), -1);
  EXPECT_EQ(errno, EIO);
}

}  // namespace
}  // namespace holdfast::faultfs
