// Small programs as subjects, without a harness around them.
#include "simulator/subject/command_subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/host/host_environment.h"
#include "tests/temporary_directory.h"

namespace holdfast::subject {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class Notes final : public Observer {
 public:
  void on_durable(Time, const DurableClaim& claim) override {
    base::MutexLock lock(mutex);
    durable += claim.references.size();
    path = claim.path;
  }
  void on_dropped(Time, std::uint64_t, DropReason) override {
    base::MutexLock lock(mutex);
    ++dropped;
  }
  base::Mutex mutex;
  std::size_t durable = 0;
  std::size_t dropped = 0;
  std::string path;
};

class CommandSubjectTest : public testing::Test {
 protected:
  CommandSubjectTest() { std::filesystem::remove_all(directory); }
  ~CommandSubjectTest() override { std::filesystem::remove_all(directory); }

  // A shell script that is run in the directory of the subject.
  std::unique_ptr<CommandSubject> run(const std::string& script) {
    scenario::Subject settings{.kind = scenario::SubjectKind::command, .command = {"sh", "-c", script}};
    settings.options.spool.directory = directory;
    settings.options.delivery.endpoint = "http://here";
    auto subject = std::make_unique<CommandSubject>(host.environment(), settings, notes);
    const auto started = subject->start();
    EXPECT_TRUE(started) << started.error().message;
    return subject;
  }
  oracle::CallOutcome offer(CommandSubject& subject, std::uint64_t reference) {
    return subject.make_caller(0)->call({.reference = reference, .model = "m"});
  }
  std::string text_of(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(directory + "/" + name).rdbuf();
    return text.str();
  }

  host::HostEnvironment host{"http://here"};
  Notes notes;
  TemporaryDirectory temporary;
  const std::string directory = temporary.path();
};

TEST_F(CommandSubjectTest, GetsRecordsAsLinesAndItsWorldAsVariables) {
  auto subject = run("echo $HOLDFAST_URL > $HOLDFAST_DIR/url; cat > $HOLDFAST_DIR/records");
  EXPECT_EQ(offer(*subject, 12), oracle::CallOutcome::accepted);
  EXPECT_TRUE(subject->health());
  EXPECT_TRUE(subject->stop(5s));
  EXPECT_EQ(text_of("url"), "http://here\n");
  EXPECT_THAT(text_of("records"), HasSubstr("{\"reference\":12,\"time\":"));
}

TEST_F(CommandSubjectTest, ItsLedgerReachesTheObserver) {
  auto subject = run(R"sh(
      echo '{"event":"durable","references":[1,2],"path":"j","begin":0,"end":9}' >&$HOLDFAST_LEDGER_FD
      echo '{"event":"dropped","references":[3],"reason":"expired"}' >&3; cat > /dev/null)sh");
  ASSERT_TRUE(subject->stop(5s));
  EXPECT_EQ(notes.durable, 2U);
  EXPECT_EQ(notes.dropped, 1U);
  EXPECT_EQ(notes.path, directory + "/j");
}

TEST_F(CommandSubjectTest, OneThatEndsByItselfIsNotWell) {
  auto subject = run("exit 3");
  Status health;
  for (int i = 0; i < 500 && health; ++i) {
    std::this_thread::sleep_for(10ms);
    health = subject->health();
  }
  ASSERT_FALSE(health);
  EXPECT_THAT(health.error().message, HasSubstr("sh ended with code 3"));
  EXPECT_EQ(offer(*subject, 1), oracle::CallOutcome::failed);
}

TEST_F(CommandSubjectTest, NonsenseInItsLedgerIsToldWithItsLine) {
  auto subject = run("echo oops >&3; cat > /dev/null");
  const auto stopped = subject->stop(5s);
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("ledger, line 1: "));
}

TEST_F(CommandSubjectTest, OneThatDoesNotFinishIsKilled) {
  auto subject = run("exec sleep 1000");
  const auto stopped = subject->stop(50ms);
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("did not end when its input ended"));
}

TEST_F(CommandSubjectTest, AFullPipeMakesTheCallerWaitUntilTheHarnessStops) {
  auto subject = run("exec sleep 1000");
  auto caller = subject->make_caller(0);
  std::thread harness([&] {
    std::this_thread::sleep_for(200ms);
    subject->interrupt();
  });
  auto outcome = oracle::CallOutcome::accepted;
  for (std::uint64_t i = 0; i < 10'000 && outcome == oracle::CallOutcome::accepted; ++i)
    outcome = caller->call({.reference = i, .model = "m"});
  harness.join();
  EXPECT_EQ(outcome, oracle::CallOutcome::failed);
}

TEST_F(CommandSubjectTest, AProgramThatIsNotThereIsNamed) {
  scenario::Subject settings{.kind = scenario::SubjectKind::command, .command = {"no-such-program"}};
  settings.options.spool.directory = directory;
  CommandSubject subject(host.environment(), settings, notes);
  const auto started = subject.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("no-such-program"));
}

}  // namespace
}  // namespace holdfast::subject
