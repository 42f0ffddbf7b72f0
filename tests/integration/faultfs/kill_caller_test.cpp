// A program that dies of what it asks the mount for.
#include <sys/wait.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

class KillCaller : public MountTest {
 protected:
  // How a child ends that writes to a file, and then to another one.
  int end_of_writer() {
    const pid_t child = ::fork();
    if (child == 0) {
      for (const char* name : {"harmless", "deadly"}) {
        const int file = ::open(mountpoint(name).c_str(), O_WRONLY | O_CREAT, 0644);
        if (file < 0 || ::write(file, "x", 1) != 1) ::_exit(1);
      }
      ::_exit(0);
    }
    child_ = child;
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }
  pid_t child_ = 0;
};

TEST_F(KillCaller, TheProcessThatAsksIsKilledAndNobodyElse) {
  mount();
  arm(R"({"name": "k", "when": {"op": "write", "path": "deadly"}, "effect": {"kill_caller": true}})");
  const int status = end_of_writer();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_THAT(content_of(fault_log()),
              HasSubstr("\"decision\":\"kill SIGKILL " + std::to_string(child_) + "\""));
  EXPECT_EQ(content_of(backing("harmless")), "x");
  EXPECT_EQ(content_of(mountpoint("harmless")), "x") << "the mount goes on";
}

TEST_F(KillCaller, AnotherSignalMayBeChosen) {
  mount();
  arm(R"({"name": "k", "when": {"op": "write", "path": "deadly"}, "effect": {"kill_caller": {"signal": "SIGTERM"}}})");
  const int status = end_of_writer();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
}

TEST_F(KillCaller, AThreadThatAsksTakesItsProcessAlong) {
  mount();
  arm(R"({"name": "k", "when": {"op": "create"}, "effect": {"kill_caller": true}})");
  const pid_t child = ::fork();
  if (child == 0) {
    std::thread([&] { (void)::open(mountpoint("f").c_str(), O_WRONLY | O_CREAT, 0644); }).join();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_THAT(content_of(fault_log()), HasSubstr("kill SIGKILL " + std::to_string(child)));
}

}  // namespace
}  // namespace holdfast::faultfs
