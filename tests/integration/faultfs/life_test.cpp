// Beginning and end of a mount, its control socket, and its logs.
#include <sys/un.h>

#include <nlohmann/json.hpp>

#include "faultfs/control/mount_process.h"
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Life : public MountTest {
 protected:
  bool is_mounted() const { return find_mount(mountpoint()).has_value(); }
};

TEST_F(Life, SigtermUnmountsAndLeavesNothing) {
  mount();
  ASSERT_TRUE(is_mounted());
  EXPECT_EQ(end(SIGTERM), 0);
  EXPECT_FALSE(is_mounted());
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

TEST_F(Life, AnInterruptUnmountsAndSaysSo) {
  mount();
  EXPECT_EQ(end(SIGINT), 130);
  EXPECT_FALSE(is_mounted());
}

TEST_F(Life, AKilledDaemonLeavesNoMountWithinASecond) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  EXPECT_EQ(end(SIGKILL), -SIGKILL);
  EXPECT_TRUE(eventually([&] { return !is_mounted(); }, std::chrono::seconds(1)));
  EXPECT_EQ(error_of(::write(*file, "x", 1)), ENOTCONN);
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(socket()); }));
}

TEST_F(Life, AKilledGroupLeavesNoMount) {
  auto started = MountProcess::start({.program = kProgram,
                                      .source = backing(),
                                      .mountpoint = mountpoint(),
                                      .output = backing() + "-output",
                                      .more = {"--socket", socket()}});
  ASSERT_TRUE(started) << started.error().message;
  ASSERT_EQ(::kill(-(*started)->daemon(), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return !is_mounted(); }));
}

TEST_F(Life, AKilledDaemonReleasesThoseItHeld) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "hang", "when": {"op": "fsync"}, "effect": {"latency": "60s"}})");
  int error = 0;
  std::thread waiter([&] { error = error_of(::fsync(*file)); });
  EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 1)") != std::string::npos; }));
  end(SIGKILL);
  waiter.join();
  EXPECT_NE(error, 0);
  EXPECT_TRUE(eventually([&] { return !is_mounted(); }, std::chrono::seconds(1)));
}

TEST_F(Life, AHeldRequestDoesNotHinderACleanEnd) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "hang", "when": {"op": "fsync"}, "effect": {"latency": "60s"}})");
  int error = -1;
  std::thread waiter([&] { error = error_of(::fsync(*file)); });
  EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 1)") != std::string::npos; }));
  EXPECT_EQ(end(SIGTERM), 0);
  waiter.join();
  EXPECT_EQ(error, 0);
  EXPECT_FALSE(is_mounted());
}

TEST_F(Life, AHangupHasThePlanReadAgainAndABadOneLeavesTheArmedPlan) {
  const std::string plan = backing() + "-plan.json";
  const auto mkdir_error = [&] { return error_of(::mkdir(mountpoint("d").c_str(), 0755)); };
  const auto reload = [&](const std::string& text, std::uint64_t times) {
    std::ofstream(plan) << text;
    ::kill(daemon(), SIGHUP);
    json status;
    EXPECT_TRUE(eventually([&] {
      status = json::parse(*control().status()).value("reload", json{{"times", 0}});
      return status.at("times") == times;
    }));
    return status.value("error", "");
  };
  std::ofstream(plan)
      << R"({"rules": [{"name": "r", "when": {"op": "mkdir"}, "effect": {"error": "EDQUOT"}}]})";
  mount({"--plan", plan});
  EXPECT_EQ(mkdir_error(), EDQUOT);
  EXPECT_EQ(
      reload(R"({"rules": [{"name": "r", "when": {"op": "mkdir"}, "effect": {"error": "EACCES"}}]})", 1), "");
  EXPECT_EQ(mkdir_error(), EACCES);
  EXPECT_THAT(reload("{\"rules\": [\n  {\"name\": \"r\", \"effect\": {\"error\": \"EOI\"}}]}", 2),
              HasSubstr(plan + ":2:37: unknown error \"EOI\""));
  EXPECT_EQ(mkdir_error(), EACCES);
  EXPECT_THAT(output_of_mount(), HasSubstr("the armed plan stays: " + plan + ":2:37: "));
  EXPECT_EQ(reload(R"({"rules": []})", 3), "");
  EXPECT_EQ(mkdir_error(), 0);
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(Life, AHangupEndsAMountWhosePlanHasNoFile) {
  mount();
  EXPECT_EQ(end(SIGHUP), 0);
  EXPECT_FALSE(is_mounted());
}

TEST_F(Life, ABackgroundMountIsSteeredAndEndedByCommands) {
  ASSERT_EQ(run({"mount", backing(), mountpoint(), "--daemon"}), 0) << output_;
  EXPECT_TRUE(is_mounted());
  const std::string plan = backing() + "-plan.json";
  std::ofstream(plan)
      << R"({"rules": [{"name": "r", "when": {"op": "mkdir"}, "effect": {"error": "EDQUOT"}}]})";
  EXPECT_EQ(run({"load", mountpoint(), plan}), 0) << output_;
  EXPECT_EQ(error_of(::mkdir(mountpoint("d").c_str(), 0755)), EDQUOT);
  EXPECT_EQ(run({"status", mountpoint()}), 0);
  EXPECT_THAT(output_, HasSubstr("mkdir"));
  EXPECT_EQ(run({"status", mountpoint(), "--json"}), 0);
  EXPECT_EQ(json::parse(output_).at("operations").at("mkdir").at("errors"), 1) << output_;
  EXPECT_EQ(json::parse(output_).at("rules").at(0).at("fired"), 1) << output_;
  EXPECT_EQ(run({"log", mountpoint()}), 0);
  EXPECT_EQ(json::parse(output_).at("decision"), "error EDQUOT") << output_;
  EXPECT_EQ(run({"clear", mountpoint()}), 0) << output_;
  EXPECT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
  EXPECT_EQ(run({"unmount", mountpoint()}), 0) << output_;
  EXPECT_FALSE(is_mounted());
}

// A command that asked the mount itself would wait with everybody else.
TEST_F(Life, AMountThatHangsOnEverythingIsSteeredAndEndedByCommands) {
  ASSERT_EQ(run({"mount", backing(), mountpoint(), "--daemon"}), 0) << output_;
  const std::string plan = backing() + "-plan.json";
  std::ofstream(plan) << R"({"rules": [{"name": "h", "effect": {"hang": {"for": "60s", "then": "EIO"}}}]})";
  ASSERT_EQ(run({"load", mountpoint(), plan}), 0) << output_;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run({"status", mountpoint(), "--json"}), 0) << output_;
  EXPECT_EQ(json::parse(output_).at("operations").count("getattr"), 0U) << "not even counted: " << output_;
  EXPECT_EQ(run({"clear", mountpoint() + "/."}), 0) << output_;
  EXPECT_EQ(run({"load", mountpoint(), plan}), 0) << output_;
  EXPECT_EQ(run({"mount", backing(), mountpoint()}), 3) << output_;
  EXPECT_EQ(run({"unmount", mountpoint()}), 0) << output_;
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  EXPECT_FALSE(is_mounted());
}

// A login shell has XDG_RUNTIME_DIR, sudo and cron have not.
TEST_F(Life, CommandsFindAMountThatWasMadeWithAnotherRuntimeDirectory) {
  const char* before = ::getenv("XDG_RUNTIME_DIR");
  const std::string saved = before != nullptr ? before : "";
  ::unsetenv("XDG_RUNTIME_DIR");
  ASSERT_EQ(run({"mount", backing(), mountpoint(), "--daemon"}), 0) << output_;
  const std::string runtime = backing() + "-run";
  ASSERT_EQ(::mkdir(runtime.c_str(), 0700), 0);
  ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), 1);
  EXPECT_EQ(run({"status", mountpoint()}), 0) << output_;
  EXPECT_EQ(run({"unmount", mountpoint()}), 0) << output_;
  EXPECT_FALSE(is_mounted());
  if (before != nullptr) ::setenv("XDG_RUNTIME_DIR", saved.c_str(), 1);
  if (before == nullptr) ::unsetenv("XDG_RUNTIME_DIR");
}

TEST_F(Life, ADisconnectedMountAnswersNothingUntilItIsUnmounted) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "crash", "when": {"op": "fsync", "nth": 2}, "effect": {"disconnect": true}})");
  EXPECT_EQ(::fsync(*file), 0);
  const int told = error_of(::fsync(*file));
  EXPECT_TRUE(told == ECONNABORTED || told == ENOTCONN) << told << " is told to who was waiting";
  EXPECT_EQ(error_of(::write(*file, "x", 1)), ENOTCONN);
  struct stat status {};
  EXPECT_EQ(error_of(::stat(mountpoint("a").c_str(), &status)), ENOTCONN);
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("decision":"disconnect")"));
  EXPECT_TRUE(control().clear()) << "the daemon lives, but nothing heals this";
  EXPECT_EQ(error_of(::stat(mountpoint().c_str(), &status)), ENOTCONN);
  file.close();
  EXPECT_EQ(run({"unmount", mountpoint(), "--socket", socket()}), 0) << output_;
  EXPECT_FALSE(is_mounted());
}

class Disconnected : public Life, public testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(Signals, Disconnected, testing::Values(SIGTERM, SIGKILL));

TEST_P(Disconnected, TheMountGoesWithItsDaemon) {
  mount();
  arm(R"({"name": "crash", "effect": {"disconnect": true}})");
  struct stat status {};
  EXPECT_NE(::stat(mountpoint("a").c_str(), &status), 0);
  EXPECT_TRUE(is_mounted());
  end(GetParam());
  EXPECT_TRUE(eventually([&] { return !is_mounted(); }));
}

TEST_F(Life, TheMountpointMustBeAnEmptyDirectoryOutsideThatIsNoMountYet) {
  EXPECT_EQ(run({"mount", backing(), mountpoint("absent")}), 3);
  EXPECT_EQ(run({"mount", backing("absent"), mountpoint()}), 3);
  std::ofstream(backing("file"));
  EXPECT_EQ(run({"mount", mountpoint(), backing("file")}), 3);
  EXPECT_EQ(run({"mount", mountpoint(), backing()}), 3) << "it is not empty";
  std::filesystem::create_directory(backing("inside"));
  EXPECT_EQ(run({"mount", backing(), backing("inside")}), 3);
  EXPECT_THAT(output_, HasSubstr("contain itself"));
  mount();
  EXPECT_EQ(run({"mount", backing(), mountpoint()}), 3);
  EXPECT_THAT(output_, HasSubstr("already a mount"));
  EXPECT_TRUE(is_mounted()) << "the refused one must not take the other's mount away";
  EXPECT_EQ(::mkdir(mountpoint("d").c_str(), 0755), 0);
}

TEST_F(Life, BadArgumentsAndPlansAreRefusedBeforeAnythingIsMounted) {
  const std::string plan = backing() + "-plan.json";
  std::ofstream(plan) << R"({"rules": [{"name": "r", "efect": {}}]})";
  EXPECT_EQ(run({"mount", backing(), mountpoint(), "--plan", plan}), 3);
  EXPECT_THAT(output_, HasSubstr(R"(did you mean "effect"?)"));
  EXPECT_EQ(run({"muont", backing()}), 3);
  EXPECT_THAT(output_, HasSubstr(R"(did you mean "mount"?)"));
  EXPECT_EQ(run({"mount", backing()}), 3);
  EXPECT_EQ(run({"mount", backing(), mountpoint(), "--dae"}), 3) << "options are not abbreviated";
  EXPECT_EQ(run({}), 3);
  EXPECT_EQ(run({"status", mountpoint(), "--socket", socket()}), 3) << "nobody is there";
  EXPECT_EQ(run({"unmount", mountpoint()}), 3);
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_FALSE(is_mounted());
}

TEST_F(Life, TheControlSocketIsForItsOwnerOnly) {
  mount();
  struct stat status {};
  ASSERT_EQ(::lstat(socket().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(Life, ALifelineThatClosesEndsTheMount) {
  const std::string fifo = backing() + "-lifeline";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Opened reader(fifo, O_RDONLY | O_NONBLOCK);
  Opened writer(fifo, O_WRONLY);  // close-on-exec, so the daemon holds the reading end alone
  ASSERT_EQ(::fcntl(*reader, F_SETFD, 0), 0);
  mount({"--lifeline-fd", std::to_string(*reader)});
  EXPECT_TRUE(is_mounted());
  writer.close();
  EXPECT_TRUE(eventually([&] { return !is_mounted(); }));
}

std::vector<json> lines_of(const std::string& path) {
  std::vector<json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST_F(Life, TheSyncLogTellsWhatCompletedInOrder) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("spool").c_str(), 0755), 0);
  {
    Opened file(mountpoint("spool/1.tmp"), O_RDWR | O_CREAT);
    ASSERT_EQ(::write(*file, "12345", 5), 5);
    ASSERT_EQ(::fdatasync(*file), 0);
    ASSERT_EQ(::ftruncate(*file, 2), 0);
    ASSERT_EQ(::fsync(*file), 0);
  }
  ASSERT_EQ(::rename(mountpoint("spool/1.tmp").c_str(), mountpoint("spool/1.seg").c_str()), 0);
  ASSERT_EQ(::fsync(*Opened(mountpoint("spool"), O_RDONLY | O_DIRECTORY)), 0);
  ASSERT_EQ(::unlink(mountpoint("spool/1.seg").c_str()), 0);

  const auto lines = lines_of(sync_log());
  std::vector<std::string> told;
  std::int64_t last = 0;
  for (auto line : lines) {
    EXPECT_GE(line.at("t").get<std::int64_t>(), last);
    last = line.at("t").get<std::int64_t>();
    if (line.contains("start")) {
      EXPECT_LE(line.at("start").get<std::int64_t>(), last);
    }
    line.erase("t");
    line.erase("start");
    told.push_back(line.dump());
  }
  EXPECT_THAT(told, testing::ElementsAre(
                        R"({"op":"mkdir","path":"spool"})", R"({"op":"create","path":"spool/1.tmp"})",
                        R"({"end":5,"op":"fdatasync","path":"spool/1.tmp"})",
                        R"({"end":2,"op":"truncate","path":"spool/1.tmp"})",
                        R"({"end":2,"op":"fsync","path":"spool/1.tmp"})",
                        R"({"from":"spool/1.tmp","op":"rename","to":"spool/1.seg"})",
                        R"({"op":"fsyncdir","path":"spool"})", R"({"op":"unlink","path":"spool/1.seg"})"));
}

TEST_F(Life, AnOrdinaryUserMountsThroughFusermount) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  const TemporaryDirectory place;
  ASSERT_EQ(::chmod(place.path().c_str(), 0711), 0);  // somebody else passes through
  const std::string script = HOLDFAST_SOURCE_DIR "/tests/integration/faultfs/ordinary_user.sh";
  const std::string said = place / "said";
  std::filesystem::create_directory(place / "own");
  const int status = std::system(("timeout 60 unshare --mount " + script + " " + kProgram + " '" +
                                  (place / "own") + "' > '" + said + "' 2>&1")
                                     .c_str());
  constexpr int kCannotBeTried = 77;
  if (WEXITSTATUS(status) == kCannotBeTried)
    GTEST_SKIP() << "needs a mount namespace, and a user who reaches it";
  EXPECT_EQ(status, 0) << content_of(said);
}

}  // namespace
}  // namespace holdfast::faultfs
