#include "simulator/oracle/ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temporary_directory.h"

namespace holdfast::oracle {
namespace {

TEST(Ledger, StartsWithNothingHavingHappened) {
  const auto ledger = Ledger::in_memory(10);
  EXPECT_EQ(ledger->capacity(), 10U);
  EXPECT_EQ(ledger->size(), 0U);
  EXPECT_EQ(ledger->entry(9).outcome, CallOutcome::unissued);
  EXPECT_EQ(ledger->entry(9).delivered_ns, 0);
}

TEST(Ledger, ClaimsEachEntryOnceAndThenSaysFull) {
  const auto ledger = Ledger::in_memory(2);
  EXPECT_EQ(ledger->claim(), 0U);
  EXPECT_EQ(ledger->claim(), 1U);
  EXPECT_EQ(ledger->claim(), ledger->capacity());
  EXPECT_EQ(ledger->claim(), ledger->capacity());
  EXPECT_EQ(ledger->size(), 2U);
}

TEST(Ledger, FileShowsTheSameEntriesToEveryProcess) {
  const TemporaryDirectory directory;
  const std::string path = directory / "ledger";
  auto ledger = Ledger::create_file(path, 100);
  ASSERT_TRUE(ledger) << ledger.error().message;
  (*ledger)->set_start_ns(77);
  (*ledger)->set_size(50);

  const auto child = ::fork();
  if (child == 0) {
    auto same = Ledger::open_file(path);
    if (!same || (*same)->size() != 50 || (*same)->start_ns() != 77) ::_exit(1);
    (*same)->entry(99).durable_ns = 123;
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child could not open the ledger";
  EXPECT_EQ((*ledger)->entry(99).durable_ns, 123);
}

TEST(Ledger, RefusesFilesThatAreNotLedgers) {
  const TemporaryDirectory directory;
  const std::string path = directory / "ledger";
  EXPECT_EQ(Ledger::open_file(path).error().code, Code::not_found);
  std::ofstream(path) << "short";
  EXPECT_EQ(Ledger::open_file(path).error().code, Code::corrupted);
  std::ofstream(path) << std::string(4096, 'x');
  EXPECT_EQ(Ledger::open_file(path).error().code, Code::corrupted);
}

TEST(Ledger, RefusesAFileThatWasCutShort) {
  const TemporaryDirectory directory;
  const std::string path = directory / "ledger";
  ASSERT_TRUE(Ledger::create_file(path, 100));
  std::filesystem::resize_file(path, 1000);
  EXPECT_EQ(Ledger::open_file(path).error().code, Code::corrupted);
}

TEST(LedgerDeathTest, StopsAtAReferenceBeyondItsCapacity) {
  const auto ledger = Ledger::in_memory(3);
  EXPECT_DEATH(ledger->entry(3), "reference");
  EXPECT_DEATH(ledger->set_size(4), "capacity");
}

}  // namespace
}  // namespace holdfast::oracle
