// What people type by mistake is refused with exit code 3, in a sentence that says what to do.
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

class Mistakes : public MountTest {
 protected:
  std::string told(const std::vector<std::string>& words) {
    EXPECT_EQ(run(words), 3) << output_;
    return output_;
  }
  std::string file_of(const std::string& text) {
    const std::string path = backing() + "-file";
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(Mistakes, ADirectoryIsNoPlanAndNoFaultLog) {
  EXPECT_THAT(told({"mount", backing(), mountpoint(), "--plan", backing()}), HasSubstr("Is a directory"));
  EXPECT_THAT(told({"mount", backing(), mountpoint(), "--replay", backing()}), HasSubstr("Is a directory"));
  EXPECT_THAT(told({"replay", backing(), "--", "true"}), HasSubstr("Is a directory"));
}

TEST_F(Mistakes, AFileWithoutAFaultIsNothingToReplay) {
  const std::string plan = file_of(R"({"rules": [{"name": "a", "effect": {"error": "EIO"}}]})");
  EXPECT_THAT(told({"mount", backing(), mountpoint(), "--replay", plan}),
              HasSubstr("there is no fault in it"));
  EXPECT_THAT(told({"shrink", plan, "--", "true"}), HasSubstr("there is no fault in it"));
}

TEST_F(Mistakes, WhereNothingIsMountedTheCommandsSayHowToBegin) {
  for (const char* command : {"status", "clear", "log", "coverage", "trace", "restore"}) {
    EXPECT_THAT(told({command, mountpoint()}), HasSubstr("begin with: faultfs mount SOURCE " + mountpoint()));
    EXPECT_THAT(told({command, "/proc"}), HasSubstr("/proc is a mount of type proc, not of faultfs"));
  }
}

TEST_F(Mistakes, AMountWithASocketOfItsOwnIsToldFromNone) {
  mount();
  EXPECT_THAT(told({"status", mountpoint()}), HasSubstr("a --socket of its own"));
  EXPECT_EQ(run({"status", mountpoint(), "--socket", socket()}), 0) << output_;
}

TEST_F(Mistakes, OutputThatCannotBeWrittenIsNoSuccess) {
  const int status = std::system((kProgram + " --help > /dev/full 2> " + backing() + "-said").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 5);
  EXPECT_THAT(content_of(backing() + "-said"), HasSubstr("not all of the output could be written"));
}

// An end of file that is there from the beginning would end the mount without a word.
TEST_F(Mistakes, ADescriptorThatIsNotOpenIsRefused) {
  for (const char* option : {"--ready-fd", "--lifeline-fd"})
    EXPECT_THAT(told({"mount", backing(), mountpoint(), option, "99"}),
                HasSubstr("99 is no open descriptor"));
}

}  // namespace
}  // namespace holdfast::faultfs
