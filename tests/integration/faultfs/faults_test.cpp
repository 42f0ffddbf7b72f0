// Each effect, seen by a program on the mount.
#include <sys/statvfs.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kBlock = 4096;

class Full : public MountTest {
 protected:
  std::uint64_t available_bytes() {
    struct statvfs status {};
    EXPECT_EQ(::statvfs(mountpoint().c_str(), &status), 0);
    return status.f_bavail * status.f_frsize;
  }
  const std::vector<char> bytes_ = std::vector<char>(64 * kBlock, 'x');
};

TEST_F(Full, AWriteAcrossTheEdgeIsPartialThenRefusedAndStatfsAgrees) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "full", "effect": {"full": {"left": "16KiB"}}})");
  EXPECT_EQ(available_bytes(), 4 * kBlock);
  EXPECT_EQ(::write(*file, bytes_.data(), 6 * kBlock), static_cast<ssize_t>(4 * kBlock));
  EXPECT_EQ(error_of(::write(*file, bytes_.data(), 1)), ENOSPC);
  EXPECT_EQ(available_bytes(), 0U);
  EXPECT_EQ(std::filesystem::file_size(backing("a")), 4 * kBlock);
  EXPECT_EQ(error_of(::pwrite(*file, bytes_.data(), kBlock, 0)), 0) << "its own blocks may be written again";
}

TEST_F(Full, NewNamesNeedRoomAndReplacingOnesDoNot) {
  mount();
  std::ofstream(mountpoint("a")) << "a";
  std::ofstream(mountpoint("b")) << "b";
  arm(R"({"name": "full", "effect": {"full": {"left": "0B"}}})");
  EXPECT_EQ(error_of(::open(mountpoint("c").c_str(), O_WRONLY | O_CREAT, 0644)), ENOSPC);
  EXPECT_EQ(error_of(::mkdir(mountpoint("d").c_str(), 0755)), ENOSPC);
  EXPECT_EQ(error_of(::rename(mountpoint("a").c_str(), mountpoint("e").c_str())), ENOSPC);
  EXPECT_EQ(error_of(::rename(mountpoint("a").c_str(), mountpoint("b").c_str())), 0);
}

TEST_F(Full, APartHasItsOwnRoomAndStatfsThereShowsTheSmallest) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("log").c_str(), 0755), 0);
  std::ofstream(mountpoint("log/old")) << std::string(3 * kBlock, 'o');
  Opened log(mountpoint("log/a"), O_RDWR | O_CREAT);
  Opened data(mountpoint("b"), O_RDWR | O_CREAT);
  arm(R"({"name": "logs", "when": {"path": "log/**"}, "effect": {"full": {"left": "8KiB"}}},
         {"name": "volume", "effect": {"full": {"left": "24KiB"}}})");
  const auto available = [&](const char* name) {
    struct statvfs status {};
    EXPECT_EQ(::statvfs(mountpoint(name).c_str(), &status), 0);
    return status.f_bavail * status.f_frsize;
  };
  EXPECT_EQ(::write(*log, bytes_.data(), 3 * kBlock), static_cast<ssize_t>(2 * kBlock));
  EXPECT_EQ(error_of(::open(mountpoint("log/c").c_str(), O_WRONLY | O_CREAT, 0644)), ENOSPC);
  EXPECT_EQ(::write(*data, bytes_.data(), 2 * kBlock), static_cast<ssize_t>(2 * kBlock));
  EXPECT_EQ(available("log/a"), 0U);
  EXPECT_EQ(available("b"), 2 * kBlock);
  ASSERT_EQ(::unlink(mountpoint("log/old").c_str()), 0);
  EXPECT_EQ(available("log/a"), 3 * kBlock);
}

TEST_F(Full, AQuotaLimitsTheFilesOfOneUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can own files of another user";
  mount();
  Opened theirs(mountpoint("theirs"), O_RDWR | O_CREAT);
  ASSERT_EQ(::fchown(*theirs, 12345, 12345), 0);
  Opened file(mountpoint("theirs"), O_RDWR);
  Opened ours(mountpoint("ours"), O_RDWR | O_CREAT);
  arm(R"({"name": "q", "effect": {"quota": {"uid": 12345, "left": "8KiB"}}})");
  EXPECT_EQ(::write(*file, bytes_.data(), 3 * kBlock), static_cast<ssize_t>(2 * kBlock));
  EXPECT_EQ(error_of(::write(*file, bytes_.data(), 1)), EDQUOT);
  EXPECT_EQ(::write(*ours, bytes_.data(), 3 * kBlock), static_cast<ssize_t>(3 * kBlock));
  arm(R"({"name": "q", "effect": {"quota": {"uid": 12345, "left": "0B"}}})");
  Opened again(mountpoint("theirs"), O_RDWR);
  EXPECT_EQ(error_of(::pwrite(*again, bytes_.data(), kBlock, 0)), 0) << "a block that is theirs already";
  EXPECT_EQ(error_of(::pwrite(*again, bytes_.data(), kBlock, 9 * kBlock)), EDQUOT);
}

TEST_F(Full, UnlinkTruncateAndReplacementGiveBackWhatTheyFree) {
  mount();
  std::ofstream(mountpoint("old")) << std::string(3 * kBlock, 'o');
  std::ofstream(mountpoint("log")) << std::string(2 * kBlock, 'l');
  std::ofstream(mountpoint("a")) << "a";
  arm(R"({"name": "full", "effect": {"full": {"left": "0B"}}})");
  ASSERT_EQ(::unlink(mountpoint("old").c_str()), 0);
  EXPECT_EQ(available_bytes(), 3 * kBlock);
  ASSERT_EQ(::truncate(mountpoint("log").c_str(), 10), 0);
  EXPECT_EQ(available_bytes(), 4 * kBlock);
  ASSERT_EQ(::rename(mountpoint("a").c_str(), mountpoint("log").c_str()), 0);
  EXPECT_EQ(available_bytes(), 5 * kBlock);
}

TEST_F(Full, AnOpenFilesBlocksComeBackWithItsLastClose) {
  mount();
  arm(R"({"name": "full", "effect": {"full": {"left": "16KiB"}}})");
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  ASSERT_EQ(::write(*file, bytes_.data(), 4 * kBlock), static_cast<ssize_t>(4 * kBlock));
  ASSERT_EQ(::unlink(mountpoint("a").c_str()), 0);
  EXPECT_EQ(available_bytes(), 0U);
  file.close();
  EXPECT_TRUE(eventually([&] { return available_bytes() == 4 * kBlock; }));
}

TEST_F(Full, HealingMakesRoom) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "full", "effect": {"full": {"left": "0B"}}})");
  ASSERT_EQ(error_of(::write(*file, bytes_.data(), 1)), ENOSPC);
  ASSERT_TRUE(control().clear());
  EXPECT_EQ(::write(*file, bytes_.data(), bytes_.size()), static_cast<ssize_t>(bytes_.size()));
}

class ErrorFault : public MountTest {};

TEST_F(ErrorFault, ASyncFailsByPathWithoutReachingTheDisk) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("spool").c_str(), 0755), 0);
  Opened hit(mountpoint("spool/1.seg"), O_RDWR | O_CREAT);
  Opened missed(mountpoint("usage.json"), O_RDWR | O_CREAT);
  arm(R"({"name": "sync fails", "when": {"op": "fsync", "path": "spool/**"}, "effect": {"error": "EIO"}})");
  EXPECT_EQ(error_of(::fsync(*hit)), EIO);
  EXPECT_EQ(error_of(::fdatasync(*hit)), EIO);
  EXPECT_EQ(error_of(::fsync(*missed)), 0);
  EXPECT_THAT(content_of(sync_log()), Not(HasSubstr(R"("op":"fsync","path":"spool/1.seg")")));
  EXPECT_THAT(content_of(sync_log()), HasSubstr(R"("op":"fsync","path":"usage.json")"));
  EXPECT_THAT(content_of(fault_log()),
              HasSubstr(R"("path":"spool/1.seg","op":"fsync","offset":0,"size":0,"decision":"error EIO")"));
  EXPECT_THAT(content_of(fault_log()), HasSubstr("\"pid\":" + std::to_string(::getpid())));
}

TEST_F(ErrorFault, RulesSeeAFileByItsPathAfterItsDirectoryWasRenamed) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("old").c_str(), 0755), 0);
  Opened file(mountpoint("old/1.seg"), O_RDWR | O_CREAT);
  ASSERT_EQ(::rename(mountpoint("old").c_str(), mountpoint("new").c_str()), 0);
  arm(R"({"name": "r", "when": {"op": "write", "path": "new/1.seg"}, "effect": {"error": "EROFS"}})");
  EXPECT_EQ(error_of(::write(*file, "x", 1)), EROFS);
  ASSERT_EQ(::rename(mountpoint("new/1.seg").c_str(), mountpoint("2.seg").c_str()), 0);
  EXPECT_EQ(error_of(::write(*file, "x", 1)), 0);
}

TEST_F(ErrorFault, APlanGivenAtTheMountIsArmedFromTheFirstOperation) {
  std::ofstream(backing("a")) << "a";
  const std::string plan = backing() + "-plan.json";
  std::ofstream(plan)
      << R"({"rules": [{"name": "r", "when": {"op": "open"}, "effect": {"error": "EACCES"}}]})";
  mount({"--plan", plan});
  EXPECT_EQ(error_of(::open(mountpoint("a").c_str(), O_RDONLY)), EACCES);
}

class Latency : public MountTest {
 protected:
  static milliseconds time_of(const std::function<void()>& action) {
    const auto start = steady_clock::now();
    action();
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  }
};

TEST_F(Latency, ADelayHoldsItsOwnRequestOnly) {
  mount();
  Opened slow(mountpoint("slow"), O_RDWR | O_CREAT);
  Opened quick(mountpoint("quick"), O_RDWR | O_CREAT);
  arm(R"({"name": "slow", "when": {"op": "fsync", "path": "slow"}, "effect": {"latency": "400ms"}})");
  milliseconds delayed{0};
  std::thread waiter([&] { delayed = time_of([&] { EXPECT_EQ(::fsync(*slow), 0); }); });
  const auto undelayed = time_of([&] {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(::write(*quick, "x", 1), 1);
  });
  waiter.join();
  EXPECT_GE(delayed, milliseconds(400));
  EXPECT_LT(undelayed, milliseconds(300));
}

TEST_F(Latency, ManyDelayedReadsWaitTogetherAndStarveNobody) {
  mount();
  std::ofstream(mountpoint("slow")) << "abc";
  std::ofstream(mountpoint("quick")) << "abc";
  arm(R"({"name": "slow", "when": {"op": "read", "path": "slow"}, "effect": {"latency": "300ms"}})");
  const auto together = time_of([&] {
    std::vector<std::thread> readers;
    for (int i = 0; i < 20; ++i)
      readers.emplace_back([&] { EXPECT_EQ(content_of(mountpoint("slow")), "abc"); });
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_LT(time_of([&] { EXPECT_EQ(content_of(mountpoint("quick")), "abc"); }), milliseconds(150));
    for (auto& reader : readers) reader.join();
  });
  EXPECT_LT(together, milliseconds(3000));  // twenty readers, two reads each: 12 s one after another
}

TEST_F(Latency, ADelayedWriteKeepsItsBytes) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "slow", "when": {"op": "write"}, "effect": {"latency": "20ms"}})");
  std::string bytes(100'000, 'd');
  EXPECT_EQ(::write(*file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(content_of(backing("a")), bytes);
}

TEST_F(Latency, HealingLetsHeldRequestsGo) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "hang", "when": {"op": "fsync"}, "effect": {"latency": "60s"}})");
  const auto held = time_of([&] {
    std::thread waiter([&] { EXPECT_EQ(::fsync(*file), 0); });
    EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 1)") != std::string::npos; }));
    EXPECT_TRUE(control().clear());
    waiter.join();
  });
  EXPECT_LT(held, milliseconds(10'000));
}

TEST_F(Latency, AKilledCallerIsLetGo) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "hang", "when": {"op": "fsync"}, "effect": {"latency": "60s"}})");
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::fsync(*file) == 0 ? 0 : 1);
  EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 1)") != std::string::npos; }));
  const auto dying = time_of([&] {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  });
  EXPECT_LT(dying, milliseconds(5'000));
}

}  // namespace
}  // namespace holdfast::faultfs
