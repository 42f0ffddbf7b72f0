// Which requests of real programs a trigger means.
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

class Triggers : public MountTest {
 protected:
  int write_error(int file) { return error_of(::pwrite(file, "x", 1, 0)); }
};

TEST_F(Triggers, OpenFlagsTellTheWritersOfOneFileApart) {
  mount();
  arm(R"({"name": "f", "when": {"op": "write", "flags": ["O_APPEND", "O_WRONLY"]}, "effect": {"error": "EIO"}})");
  Opened appends(mountpoint("a"), O_WRONLY | O_CREAT | O_APPEND);
  Opened updates(mountpoint("a"), O_RDWR);
  EXPECT_EQ(error_of(::write(*appends, "x", 1)), EIO);
  EXPECT_EQ(write_error(*updates), 0);
}

TEST_F(Triggers, ARangeOfTheFileIsBad) {
  mount();
  std::ofstream(mountpoint("a")) << std::string(8192, 'a');
  arm(R"({"name": "bad block", "when": {"op": "read", "offset": {"from": "4KiB", "to": "4608B"}}, "effect": {"error": "EIO"}})");
  Opened file(mountpoint("a"), O_RDONLY);
  char bytes[4096];
  EXPECT_EQ(error_of(::pread(*file, bytes, sizeof bytes, 0)), 0);
  EXPECT_EQ(error_of(::pread(*file, bytes, sizeof bytes, 512)), EIO);
  EXPECT_EQ(error_of(::pread(*file, bytes, 512, 4608)), 0);
}

TEST_F(Triggers, TheCallerIsTheProcessAndItsProgramWhicheverThreadAsks) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  const auto in_a_thread = [&] {
    int error = 0;
    std::thread([&] { error = write_error(*file); }).join();
    return error;
  };
  const auto by = [&](const std::string& caller) {
    arm(R"({"name": "c", "when": {"op": "write", "caller": )" + caller + R"(}, "effect": {"error": "EIO"}})");
  };
  by(R"({"pid": )" + std::to_string(::getpid()) + "}");
  EXPECT_EQ(in_a_thread(), EIO);
  by(R"({"pid": 1})");
  EXPECT_EQ(in_a_thread(), 0);
  std::string name = content_of("/proc/self/comm");
  name.pop_back();
  by(R"({"comm": ")" + name + R"("})");
  EXPECT_EQ(in_a_thread(), EIO);
  by(R"({"comm": "another"})");
  EXPECT_EQ(in_a_thread(), 0);
  by(R"({"uid": )" + std::to_string(::getuid()) + "}");
  EXPECT_EQ(in_a_thread(), EIO);
}

TEST_F(Triggers, APatternAndTurnsByPath) {
  mount();
  arm(R"-({"name": "p", "when": {"op": "writes", "path_regex": "[0-9]+\\.(seg|tmp)", "nth": 2, "per": "path"},
          "effect": {"error": "ENOSPC"}})-");
  for (const auto* name : {"1.seg", "22.tmp", "1.log"}) {
    Opened file(mountpoint(name), O_RDWR | O_CREAT);
    EXPECT_EQ(write_error(*file), 0);
    EXPECT_EQ(write_error(*file), std::string(name) == "1.log" ? 0 : ENOSPC) << name;
    EXPECT_EQ(write_error(*file), 0);
  }
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("path":"22.tmp","op":"write","offset":0,"size":1)"));
}

}  // namespace
}  // namespace holdfast::faultfs
