#include "faultfs/trial/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/temporary_directory.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ChildTest : public testing::Test {
 protected:
  Outcome run(const std::string& script, Duration limit = seconds(30), int interrupt = -1) {
    const auto outcome = run_child({.words = {"sh", "-c", script},
                                    .variables = {{"CHILD_TEST", directory_.path()}},
                                    .output = directory_ / "out",
                                    .errors = directory_ / "err",
                                    .limit = limit,
                                    .interrupt = interrupt});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(Outcome{});
  }
  std::string text_of(const char* name) const {
    std::ifstream file(directory_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // The process whose number is in the file is gone, or nobody's business any more.
  bool is_gone(const char* name) const {
    const int process = std::stoi(text_of(name));
    for (int i = 0; i < 500; ++i) {
      std::ifstream status("/proc/" + std::to_string(process) + "/stat");
      std::string number, comm, state;
      if (!(status >> number >> comm >> state) || state == "Z" || ::kill(process, 0) != 0) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  TemporaryDirectory directory_;
};

TEST_F(ChildTest, TellsHowItEndedAndWhatItSaid) {
  EXPECT_TRUE(run("echo \"$CHILD_TEST\"; echo oh >&2").passed());
  EXPECT_EQ(text_of("out"), directory_.path() + "\n");
  EXPECT_EQ(text_of("err"), "oh\n");
  EXPECT_EQ(run("exit 7").exit_code, 7);
  EXPECT_EQ(run("kill -SEGV $$").signal, SIGSEGV);
  EXPECT_EQ(run("sh -c 'kill -SEGV $$'; exit $?").signal, SIGSEGV) << "as a shell tells it";
}

TEST_F(ChildTest, WhatTakesTooLongIsKilledWithAllItsGroup) {
  const auto outcome = run("sleep 100 & echo $! > \"$CHILD_TEST/pid\"; wait", milliseconds(300));
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.passed());
  EXPECT_TRUE(is_gone("pid"));
}

TEST_F(ChildTest, WhatItLeavesBehindIsKilled) {
  EXPECT_TRUE(run("sleep 100 & echo $! > \"$CHILD_TEST/pid\"").passed());
  EXPECT_TRUE(is_gone("pid"));
  EXPECT_TRUE(run("setsid sh -c 'echo $$ > \"$CHILD_TEST/far\"; exec sleep 100' & "
                  "while ! test -s \"$CHILD_TEST/far\"; do sleep 0.01; done")
                  .passed());
  kill_all_with("CHILD_TEST", directory_.path());
  EXPECT_TRUE(is_gone("far"));
}

TEST_F(ChildTest, AnInterruptionEndsIt) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  ASSERT_EQ(::write(pipe[1], "x", 1), 1);
  EXPECT_TRUE(run("sleep 100", seconds(60), pipe[0]).interrupted);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(ChildTest, AProgramThatIsNotThereIsTheCallersMistake) {
  const auto outcome = run_child({.words = {"no-such-program"},
                                  .output = directory_ / "out",
                                  .errors = directory_ / "err",
                                  .limit = seconds(1)});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::invalid);
}

}  // namespace
}  // namespace holdfast::faultfs
