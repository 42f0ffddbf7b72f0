// Programs whose every point fails once: who survives, who does not, and what is left afterwards.
#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Replaces a file as one should, and as one should not.
constexpr const char* kByRename = R"(set -e; echo new > "$1/tmp"; sync "$1/tmp"; mv "$1/tmp" "$1/state")";
constexpr const char* kInPlace = R"(set -e; echo new > "$1/state"; sync "$1/state")";
constexpr const char* kOldOrNew = R"(grep -qx -e old -e new {}/state)";

class Enumerate : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    std::filesystem::create_directory(temporary());
    ::setenv("TMPDIR", temporary().c_str(), 1);
    std::ofstream(backing("state")) << "old\n";
  }
  void TearDown() override {
    ::unsetenv("TMPDIR");
    if (!IsSkipped()) {
      EXPECT_TRUE(std::filesystem::is_empty(temporary())) << "a run has left something";
    }
    MountTest::TearDown();
  }
  std::string temporary() const { return backing() + "-tmp"; }
  std::string out() const { return backing() + "-out"; }

  int enumerate(std::vector<std::string> options, const std::string& script) {
    std::vector<std::string> words = {"enumerate"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "sh", "-c", script, "sh", "{}"});
    return run(words);
  }
};

TEST_F(Enumerate, AFileThatIsReplacedByRenameSurvivesWhatOneWrittenInPlaceDoesNot) {
  const std::vector<std::string> options = {"--source", backing(), "--check", kOldOrNew};
  EXPECT_EQ(enumerate(options, kByRename), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("failures survived"));
  EXPECT_EQ(enumerate(options, kInPlace), 1) << output_;
  EXPECT_THAT(output_, HasSubstr("the check: exit code 1"));
}

TEST_F(Enumerate, ThePlanOfAFailureMakesItFailAgain) {
  ASSERT_EQ(enumerate({"--source", backing(), "--check", kOldOrNew, "--errors", "ENOSPC", "--out", out()},
                      kInPlace),
            1)
      << output_;
  const auto found = json::parse(content_of(out() + "/enumerate.json"));
  EXPECT_EQ(found.at("reached"), found.at("points").size());
  std::size_t failed = 0;
  for (const auto& point : found.at("points")) {
    if (point.at("survived")) continue;
    ++failed;
    EXPECT_EQ(point.at("op"), "write") << "a full disk leaves an empty file";
    mount({"--plan", out() + "/" + point.at("plan").get<std::string>()});
    EXPECT_NE(
        std::system(("sh -c '" + std::string(kInPlace) + "' sh " + mountpoint() + " 2>/dev/null").c_str()),
        0);
    EXPECT_EQ(content_of(backing("state")), "");
    end(SIGTERM);
  }
  EXPECT_EQ(failed, 1U);
  EXPECT_EQ(found.at("not_survived"), 1);
}

TEST_F(Enumerate, WithoutACheckTheExitCodeCounts) {
  const std::vector<std::string> options = {"--source", backing(), "--errors", "EIO"};
  EXPECT_EQ(enumerate(options, R"(cat "$1/state")"), 1);
  EXPECT_THAT(output_, HasSubstr("exit code 1"));
  EXPECT_EQ(enumerate(options, R"(cat "$1/state" || true)"), 0) << output_;
}

TEST_F(Enumerate, TheOutputCountsIfAskedAndTheMountsPathIsNoPartOfIt) {
  const std::vector<std::string> options = {"--source", backing(), "--errors", "EIO", "--compare-output"};
  EXPECT_EQ(enumerate(options, R"(cat "$1/state" 2>/dev/null || true)"), 1);
  EXPECT_THAT(output_, HasSubstr("its output differs"));
  EXPECT_EQ(enumerate(options, R"(cat "$1/state" >/dev/null 2>&1 || true; echo "$1" "$FAULTFS_MOUNT")"), 0)
      << output_;
}

TEST_F(Enumerate, WhoDiesOrHangsByAFailureIsSeen) {
  const std::vector<std::string> options = {"--source",  backing(), "--errors", "EIO",
                                            "--timeout", "1s",      "--jobs",   "4"};
  EXPECT_EQ(enumerate(options, R"(cat "$1/state" || kill -SEGV $$)"), 1);
  EXPECT_THAT(output_, HasSubstr("killed by SIGSEGV"));
  EXPECT_EQ(enumerate(options, R"(cat "$1/state" || sleep 100)"), 1);
  EXPECT_THAT(output_, HasSubstr("still running after 1s"));
}

TEST_F(Enumerate, EverySingleOperationFailsIfAsked) {
  const std::string script = R"(for i in 1 2 3; do echo $i > "$1/$i" || exit 1; done)";
  ASSERT_EQ(enumerate({"--errors", "ENOSPC", "--every", "--out", out()}, script), 1) << output_;
  std::vector<int> nths;
  const auto found = json::parse(content_of(out() + "/enumerate.json"));
  for (const auto& point : found.at("points"))
    if (point.at("op") == "write") nths.push_back(point.at("nth"));
  EXPECT_THAT(nths, testing::ElementsAre(1, 2, 3));
}

TEST_F(Enumerate, APersistentFailureOutlastsATry) {
  const std::string script = R"(echo x > "$1/a" || echo x > "$1/a")";
  EXPECT_EQ(enumerate({"--errors", "ENOSPC"}, script), 0) << output_;
  EXPECT_EQ(enumerate({"--errors", "ENOSPC", "--persistent"}, script), 1) << output_;
}

TEST_F(Enumerate, AProgramThatDoesNotRepeatItselfProvesNothing) {
  const std::string script = R"sh(echo x > "$1/$(date +%N | tr 0-9 a-j)" || true)sh";
  EXPECT_EQ(enumerate({"--errors", "ENOSPC"}, script), 2) << output_;
  EXPECT_THAT(output_, HasSubstr("were not reached again"));
  EXPECT_EQ(enumerate({"--errors", "ENOSPC", "--class", "*"}, script), 0) << output_;
}

TEST_F(Enumerate, WhatFailsWithoutAFaultIsNotEnumerated) {
  EXPECT_EQ(enumerate({}, "echo oh dear >&2; exit 1"), 3);
  EXPECT_THAT(output_, HasSubstr("does not pass without any fault: exit code 1; it said:\noh dear\n"));
  EXPECT_EQ(enumerate({"--check", "false"}, "true"), 3);
  EXPECT_EQ(enumerate({"--errors", "EOI"}, "true"), 3);
  EXPECT_EQ(enumerate({"--timeout", "soon"}, "true"), 3);
  EXPECT_EQ(enumerate({"--source", backing("absent")}, "true"), 3);
  EXPECT_EQ(run({"enumerate"}), 3);
  EXPECT_EQ(run({"enumerate", "--", "no-such-program"}), 3) << output_;
}

// The usual mistake: a program that was not told where the mount is would survive all of nothing.
TEST_F(Enumerate, AProgramThatAsksNothingOfTheMountProvesNothing) {
  EXPECT_EQ(run({"enumerate", "--", "true"}), 2);
  EXPECT_THAT(output_, HasSubstr("{} in its words is the mount's path"));
}

TEST_F(Enumerate, WhereToWriteIsMadeSureOfBeforeAnythingRuns) {
  const std::string script = "touch " + backing() + "-ran";
  EXPECT_EQ(enumerate({"--out", backing("state")}, script), 3);
  EXPECT_THAT(output_, HasSubstr("nothing can be written to " + backing("state")));
  EXPECT_FALSE(std::filesystem::exists(backing() + "-ran"));
}

TEST_F(Enumerate, ThePlansOfAnEarlierTimeGo) {
  const std::vector<std::string> options = {"--errors", "ENOSPC", "--out", out()};
  EXPECT_EQ(enumerate(options, R"(echo x > "$1/a")"), 1);
  EXPECT_TRUE(std::filesystem::exists(out() + "/plan-1.json"));
  EXPECT_EQ(enumerate(options, R"(echo x > "$1/a" || true)"), 0);
  EXPECT_FALSE(std::filesystem::exists(out() + "/plan-1.json"));
}

// The third run with a fault hangs until Ctrl-C; the two before it are told.
TEST_F(Enumerate, CtrlCLosesNothingThatWasFound) {
  const std::string runs = backing() + "-runs";
  std::ofstream(backing() + "-script")
      << "echo >> " << runs << "; test $(wc -l < " << runs << ") -lt 4 || sleep 1000; echo x > \"$1/a\"\n";
  const std::string words = "timeout --preserve-status -s INT 2 " + kProgram + " enumerate --jobs 1 --out " +
                            out() + " -- sh " + backing() + "-script {} > " + backing() + "-said 2>&1";
  EXPECT_EQ(WEXITSTATUS(std::system(words.c_str())), 130);
  EXPECT_THAT(content_of(backing() + "-said"), HasSubstr("0 of 2 failures survived; "));
  const auto found = json::parse(content_of(out() + "/enumerate.json"));
  EXPECT_EQ(found.at("points").size(), 2U);
  EXPECT_GT(found.at("not_run"), 5);
}

TEST_F(Enumerate, CtrlCLeavesNoMountAndNoProcess) {
  const std::string mark = backing() + "-mark";
  std::ofstream(backing() + "-script") << "cat \"$1/a\" 2>/dev/null; echo $$ >> " << mark << "; test -e "
                                       << mark << "2 && sleep 1000; : > " << mark << "2";
  const int status = std::system(("timeout --preserve-status -s INT 1 " + kProgram +
                                  " enumerate --jobs 4 -- sh " + backing() + "-script {} 2>/dev/null")
                                     .c_str());
  EXPECT_EQ(WEXITSTATUS(status), 130);
  std::ifstream mounts("/proc/self/mounts");
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(mounts), {}), Not(HasSubstr(temporary())));
  std::istringstream processes(content_of(mark));
  std::size_t seen = 0;
  for (int process = 0; processes >> process; ++seen)
    EXPECT_TRUE(eventually([&] { return ::kill(process, 0) != 0; })) << process;
  EXPECT_GE(seen, 2U) << "the reference, and some that were interrupted";
}

}  // namespace
}  // namespace holdfast::faultfs
