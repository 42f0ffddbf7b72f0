// What the kernel does by itself (--passthrough, --name-cache): nothing that an armed rule may meet, and
// what it keeps from rules that come later is counted and said.
#include <dirent.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kReadFails =
    R"({"name": "r", "when": {"op": "read", "path": "a"}, "effect": {"error": "EIO"}})";

class KernelShares : public MountTest {
 protected:
  // Without the sync log, for whose sake nothing is passed through.
  void mount_sharing(std::vector<std::string> more) {
    std::vector<std::string> words = {"mount", backing(), mountpoint(), "--socket", socket()};
    words.insert(words.end(), more.begin(), more.end());
    mount_by(words);
  }
  void pass_through() {
    mount_sharing({"--passthrough", "auto"});
    std::ofstream(mountpoint("probe")) << "text";
    content_of(mountpoint("probe"));
  }
  json status() { return json::parse(*control().status()); }
  json passthrough() { return status().at("passthrough"); }
  bool kernel_refuses() { return passthrough().at("refused") > 0; }
  std::uint64_t seen(const char* operation) {
    const auto operations = status().at("operations");
    return operations.contains(operation) ? operations.at(operation).at("count").get<std::uint64_t>() : 0;
  }
  int read_error(int file) {
    char byte;
    return error_of(::pread(file, &byte, 1, 0));
  }
};

#define NEED_PASSTHROUGH() \
  if (kernel_refuses()) GTEST_SKIP() << passthrough().at("reason").get<std::string>()

TEST_F(KernelShares, WhatIsPassedThroughDoesNotArriveAndIsTheSame) {
  pass_through();
  NEED_PASSTHROUGH();
  const auto reads = seen("read"), writes = seen("write");
  std::ofstream(mountpoint("a")) << std::string(100'000, 'a');
  EXPECT_EQ(content_of(mountpoint("a")), content_of(backing("a")));
  EXPECT_EQ(std::filesystem::file_size(mountpoint("a")), 100'000U);
  EXPECT_EQ(seen("read"), reads);
  EXPECT_EQ(seen("write"), writes);
  EXPECT_TRUE(eventually([&] { return passthrough().at("handles") == 0; }));
}

TEST_F(KernelShares, AFileThatARuleMayMeetIsNotPassedThrough) {
  pass_through();
  NEED_PASSTHROUGH();
  std::ofstream(mountpoint("a")) << "text";
  ASSERT_TRUE(eventually([&] { return passthrough().at("handles") == 0; }));
  arm(kReadFails);
  Opened met(mountpoint("a"), O_RDONLY), other(mountpoint("probe"), O_RDONLY);
  EXPECT_EQ(read_error(*met), EIO);
  EXPECT_EQ(passthrough().at("handles"), 1) << "the other one";
  EXPECT_EQ(passthrough().at("bypassing"), 0);
}

TEST_F(KernelShares, AFileWhoseWritesARuleMayMeetOrThatHasSetIdBitsIsNotPassedThrough) {
  pass_through();
  NEED_PASSTHROUGH();
  std::ofstream(mountpoint("a")) << "text";
  ASSERT_TRUE(eventually([&] { return passthrough().at("handles") == 0; }));
  arm(R"({"name": "w", "when": {"op": "write", "path": "a"}, "effect": {"error": "EIO"}})");
  Opened met(mountpoint("a"), O_WRONLY);
  EXPECT_EQ(error_of(::pwrite(*met, "x", 1, 0)), EIO);
  ASSERT_EQ(::chmod(backing("probe").c_str(), 06755), 0);
  Opened privileged(mountpoint("probe"), O_RDWR);
  EXPECT_EQ(passthrough().at("handles"), 0);
}

TEST_F(KernelShares, AHandleThatIsPassedThroughBypassesALaterRuleAndIsCounted) {
  pass_through();
  NEED_PASSTHROUGH();
  std::ofstream(mountpoint("a")) << "text";
  Opened before(mountpoint("a"), O_RDONLY), other(mountpoint("probe"), O_RDONLY);
  const auto plan = parse_fault_plan(R"({"rules": [)" + std::string(kReadFails) + "]}");
  const auto warning = control().load(*plan);
  ASSERT_TRUE(warning) << warning.error().message;
  EXPECT_THAT(*warning, HasSubstr("1 open file is passed through the kernel"));
  EXPECT_EQ(passthrough().at("bypassing"), 1);
  EXPECT_EQ(read_error(*before), 0);
  Opened after(mountpoint("a"), O_RDONLY);
  EXPECT_EQ(read_error(*after), EIO) << "opened under the rule, although the file is passed through";
  before.close();
  after.close();
  EXPECT_TRUE(eventually([&] { return passthrough().at("bypassing") == 0; }));
}

TEST_F(KernelShares, AFileIsMetUnderTheNameThatItHasNow) {
  pass_through();
  NEED_PASSTHROUGH();
  std::ofstream(mountpoint("b")) << "text";
  Opened file(mountpoint("b"), O_RDONLY);
  arm(kReadFails);
  EXPECT_EQ(passthrough().at("bypassing"), 0);
  ASSERT_EQ(::rename(mountpoint("b").c_str(), mountpoint("a").c_str()), 0);
  EXPECT_EQ(passthrough().at("bypassing"), 1);
}

TEST_F(KernelShares, AFileThatIsOpenUnderARuleStaysSoUntilItIsClosed) {
  pass_through();
  NEED_PASSTHROUGH();
  std::ofstream(mountpoint("a")) << "text";
  ASSERT_TRUE(eventually([&] { return passthrough().at("handles") == 0; }));
  arm(kReadFails);
  Opened under_rule(mountpoint("a"), O_RDONLY);
  ASSERT_TRUE(control().clear());
  Opened later(mountpoint("a"), O_RDONLY);
  EXPECT_EQ(passthrough().at("handles"), 0);
  EXPECT_EQ(read_error(*later), 0);
  arm(kReadFails);
  EXPECT_EQ(read_error(*later), EIO);
}

TEST_F(KernelShares, ASyncLogSeesEveryWriteSoNothingIsPassedThrough) {
  mount({"--passthrough", "on"});
  std::ofstream(mountpoint("a")) << "text";
  EXPECT_EQ(seen("write"), 1U);
  EXPECT_EQ(passthrough().at("mode"), "on");
  EXPECT_THAT(passthrough().at("reason").get<std::string>(), HasSubstr("the sync log must see every write"));
  EXPECT_THAT(output_of_mount(), HasSubstr("the sync log must see every write"));
}

TEST_F(KernelShares, AnUnknownModeIsRefused) {
  EXPECT_EQ(run({"mount", backing(), mountpoint(), "--passthrough", "atuo"}), 3);
  EXPECT_THAT(output_, HasSubstr(R"(did you mean "auto"?)"));
}

TEST_F(KernelShares, NamesThatAreKeptAreAskedForOnceAndNotWhereARuleMayMeetThem) {
  mount_sharing({"--name-cache"});
  std::filesystem::create_directories(backing("d"));
  std::ofstream(backing("d/a")) << "text";
  const auto look = [&] {
    struct stat status {};
    const auto before = seen("lookup") + seen("getattr");
    for (int i = 0; i < 100; ++i) EXPECT_EQ(::stat(mountpoint("d/a").c_str(), &status), 0);
    return seen("lookup") + seen("getattr") - before;
  };
  EXPECT_LT(look(), 100U);
  arm(R"({"name": "n", "when": {"op": "getattr", "path": "elsewhere"}, "effect": {"error": "EIO"}})");
  EXPECT_GE(look(), 200U) << "a rule looks at names: each is asked for";
}

TEST_F(KernelShares, ARuleAboutNamesMeetsTheVeryNextUse) {
  mount_sharing({"--name-cache"});
  std::filesystem::create_directories(backing("d"));
  struct stat status {};
  for (int round = 0; round < 10; ++round) {
    ASSERT_EQ(::stat(mountpoint("d").c_str(), &status), 0);
    arm(R"({"name": "n", "when": {"op": "lookup", "path": "d"}, "effect": {"error": "EACCES"}})");
    EXPECT_EQ(error_of(::stat(mountpoint("d").c_str(), &status)), EACCES);
    ASSERT_TRUE(control().clear());
  }
}

TEST_F(KernelShares, ARuleAboutNamesMeetsTheVeryNextUseWhoeverElseLooksMeanwhile) {
  mount_sharing({"--name-cache"});
  constexpr int kNames = 50;
  for (int i = 0; i < kNames; ++i) std::ofstream(backing(std::to_string(i)));
  std::jthread looks([&](std::stop_token stop) {
    struct stat status {};
    for (int i = 0; !stop.stop_requested(); i = (i + 1) % kNames)
      (void)::stat(mountpoint(std::to_string(i)).c_str(), &status);
  });
  for (int round = 0; round < 10; ++round) {
    arm(R"({"name": "n", "when": {"op": "lookup"}, "effect": {"error": "EACCES"}})");
    struct stat status {};
    for (int i = 0; i < kNames; ++i)
      EXPECT_EQ(error_of(::stat(mountpoint(std::to_string(i)).c_str(), &status)), EACCES) << i;
    ASSERT_TRUE(control().clear());
  }
}

TEST_F(KernelShares, AListingThatIsKeptShowsWhatWasMadeSince) {
  mount_sharing({"--name-cache"});
  const auto count = [&] { return std::distance(std::filesystem::directory_iterator(mountpoint()), {}); };
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(count(), i);
    std::ofstream((i % 2 == 0 ? mountpoint("f") : backing("f")) + std::to_string(i));
    if (i % 2 != 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(120));  // behind the mount: the lease
  }
  const auto asked = seen("readdir");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(count(), 20);
  EXPECT_LT(seen("readdir") - asked, 20U);
  DIR* const open_before = ::opendir(mountpoint().c_str());
  ASSERT_NE(::readdir(open_before), nullptr);
  arm(R"({"name": "l", "when": {"op": "readdir"}, "effect": {"error": "EIO"}})");
  const auto lists_from_the_start = [&] {
    ::rewinddir(open_before);
    return ::readdir(open_before) != nullptr;
  };
  EXPECT_TRUE(lists_from_the_start()) << "what was open before goes on with what is kept";
  EXPECT_THROW(count(), std::filesystem::filesystem_error);
  EXPECT_FALSE(lists_from_the_start()) << "which went when it was opened anew";
  ::closedir(open_before);
}

}  // namespace
}  // namespace holdfast::faultfs
