// What rules and logs see of the calls that reach faultfs in another shape than they were made: mapped
// memory, copies, files without a name, durable writes (docs/fault-model.md, "What a rule cannot see").
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kPage = 4096;

class Sight : public MountTest {
 protected:
  // Shared and writable; null where the kernel cannot do it, which skips the test.
  char* map(int file) {
    void* memory = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
  }
};

#define NEED_SHARED_MAPPING(memory) \
  if ((memory) == nullptr) GTEST_SKIP() << "this kernel shares no mapping of uncached files (6.6 does)"

TEST_F(Sight, AFailedWriteOfMappedMemoryIsToldByMsync) {
  mount();
  std::ofstream(mountpoint("a")) << std::string(kPage, 'a');
  Opened file(mountpoint("a"), O_RDWR);
  char* memory = map(*file);
  NEED_SHARED_MAPPING(memory);
  memory[0] = 'b';
  arm(R"({"name": "w", "when": {"op": "write", "path": "a"}, "effect": {"error": "EIO"}})");
  EXPECT_EQ(error_of(::msync(memory, kPage, MS_SYNC)), EIO);
  EXPECT_EQ(content_of(backing("a"))[0], 'a');
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("rule":"w","pid":0,"path":"a")"));
  ASSERT_TRUE(control().clear());
  ::munmap(memory, kPage);
}

TEST_F(Sight, AFailedReadOfMappedMemoryKillsWhoTouchesIt) {
  mount();
  std::ofstream(mountpoint("a")) << std::string(kPage, 'a');
  Opened file(mountpoint("a"), O_RDWR);
  char* memory = map(*file);
  NEED_SHARED_MAPPING(memory);
  arm(R"({"name": "r", "when": {"op": "read", "path": "a"}, "effect": {"error": "EIO"}})");
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGBUS, SIG_DFL);
    ::_exit(*static_cast<volatile char*>(memory));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGBUS);
  ::munmap(memory, kPage);
}

TEST_F(Sight, ACopyMeetsItsOwnRulesAndThoseOfReadsAndWrites) {
  mount();
  std::ofstream(mountpoint("from")) << std::string(3 * kPage, 'f');
  Opened from(mountpoint("from"), O_RDONLY);
  Opened to(mountpoint("to"), O_RDWR | O_CREAT);
  const auto copy = [&] { return error_of(::copy_file_range(*from, nullptr, *to, nullptr, kPage, 0)); };
  arm(R"({"name": "c", "when": {"op": "copy_file_range", "path": "to"}, "effect": {"error": "EXDEV"}})");
  EXPECT_EQ(copy(), 0) << "the kernel makes up for EXDEV";
  arm(R"({"name": "c", "when": {"op": "copy_file_range", "path": "to"}, "effect": {"error": "ENOSPC"}})");
  EXPECT_EQ(copy(), ENOSPC);
  arm(R"({"name": "w", "when": {"op": "write", "path": "to"}, "effect": {"error": "EIO"}})");
  EXPECT_EQ(copy(), EIO);
  ASSERT_TRUE(control().clear());
  EXPECT_EQ(copy(), 0);
}

TEST_F(Sight, AFileWithoutANameIsSeenInItsDirectoryUntilItHasOne) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
  arm(R"({"name": "n", "when": {"op": "create", "path": "d/#nameless", "limit": 1}, "effect": {"error": "EDQUOT"}})");
  EXPECT_EQ(error_of(::open(mountpoint("d").c_str(), O_TMPFILE | O_RDWR, 0600)), EDQUOT);
  Opened file(mountpoint("d"), O_TMPFILE | O_RDWR);
  const auto self = fmt::format("/proc/self/fd/{}", *file);
  ASSERT_EQ(::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, mountpoint("d/named").c_str(), AT_SYMLINK_FOLLOW), 0);
  arm(R"({"name": "w", "when": {"op": "write", "path": "d/named"}, "effect": {"error": "EIO"}})");
  EXPECT_EQ(error_of(::write(*file, "x", 1)), EIO);
  EXPECT_THAT(content_of(sync_log()), HasSubstr(R"("op":"create","path":"d/named"})"));
}

TEST_F(Sight, TheSyncLogHoldsWritesThatWereDurableByThemselves) {
  mount();
  Opened plain(mountpoint("plain"), O_WRONLY | O_CREAT);
  Opened durable(mountpoint("durable"), O_WRONLY | O_CREAT | O_DSYNC);
  for (const int file : {*plain, *durable}) ASSERT_EQ(::pwrite(file, "text", 4, 10), 4);
  EXPECT_THAT(content_of(sync_log()),
              HasSubstr(R"("op":"write","path":"durable","offset":10,"end":14,"start":)"));
  EXPECT_THAT(content_of(sync_log()), Not(HasSubstr(R"("op":"write","path":"plain")")));
}

TEST_F(Sight, AWholeFileLockHoldsTowardsTheBackingDirectoryToo) {
  mount();
  Opened front(mountpoint("a"), O_RDWR | O_CREAT);
  Opened behind(backing("a"), O_RDWR);
  ASSERT_EQ(::flock(*front, LOCK_EX), 0);
  EXPECT_EQ(error_of(::flock(*behind, LOCK_EX | LOCK_NB)), EWOULDBLOCK);
}

TEST_F(Sight, APageCacheHidesReadsAndNoWrites) {
  mount({"--page-cache"});
  std::ofstream(mountpoint("a")) << std::string(kPage, 'a');
  Opened file(mountpoint("a"), O_RDWR);
  char bytes[10];
  ASSERT_EQ(::pread(*file, bytes, sizeof bytes, 0), 10);
  arm(R"({"name": "r", "when": {"op": "read", "path": "a"}, "effect": {"error": "EIO"}},
         {"name": "w", "when": {"op": "write", "path": "a"}, "effect": {"error": "ENOSPC"}})");
  EXPECT_EQ(::pread(*file, bytes, sizeof bytes, 5), 10);
  EXPECT_EQ(error_of(::pwrite(*file, "x", 1, 0)), ENOSPC);
}

}  // namespace
}  // namespace holdfast::faultfs
