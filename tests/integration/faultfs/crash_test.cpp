// Real programs over power cuts: what they promise, and what is published about them. Each row skips, with
// its reason, where its program is absent. With HOLDFAST_CAMPAIGN=1, as ./test --long has it, many more
// rounds. What was seen in long runs is in docs/faultfs-findings.md.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

struct Found {
  std::uint64_t broken = 0;     // rounds after which the store was damaged
  std::uint64_t lost = 0;       // rounds after which acknowledged items were missing
  std::uint64_t most_lost = 0;  // items, at one time
  std::uint64_t acknowledged = 0;
};

class Crash : public MountTest {
 protected:
  // Rounds in ./test and in a campaign.
  struct Rounds {
    int usual, campaign;
  };

  Found crash(const std::string& program_and_setting, Rounds rounds, const std::string& more = "") {
    mount({"--power-cut"});
    const int count = std::getenv("HOLDFAST_CAMPAIGN") != nullptr ? rounds.campaign : rounds.usual;
    const std::string output = backing() + "-output";
    const int status = std::system(
        fmt::format("timeout 600 /usr/bin/python3 {}/tests/integration/faultfs/crash/crash.py '{}' '{}' {} "
                    "{} {} > '{}' 2>&1",
                    HOLDFAST_SOURCE_DIR, mountpoint(), socket(), program_and_setting, count, more, output)
            .c_str());
    const std::string told = content_of(output);
    EXPECT_EQ(status, 0) << told;
    const auto found = nlohmann::json::parse(told, nullptr, false);
    if (found.is_discarded()) return {};
    std::cout << program_and_setting << " " << more << ": " << told;
    EXPECT_EQ(found.at("rounds"), count);
    EXPECT_GT(found.at("acknowledged"), 0U);
    return {found.at("broken"), found.at("lost"), found.at("most_lost"), found.at("acknowledged")};
  }
};

bool works(const std::string& command) {
  return std::system(("{ " + command + "; } > /dev/null 2>&1").c_str()) == 0;
}

#define NEED_PYTHON(module)                              \
  if (!works("/usr/bin/python3 -c 'import " module "'")) \
  GTEST_SKIP() << "Python with " module " is not installed"

constexpr const char* kNamesKept = "--names kept";

TEST_F(Crash, SqliteLosesNothingWithALogThatIsFullySynced) {
  NEED_PYTHON("sqlite3");
  const Found found = crash("sqlite wal,full", {200, 1000});
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost, 0U);
}

TEST_F(Crash, SqliteLosesNothingWithARollbackJournalWhoseRemovalIsSynced) {
  NEED_PYTHON("sqlite3");
  const Found found = crash("sqlite delete,extra", {200, 1000});
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost, 0U);
}

// "EXTRA provides additional durability if the commit is followed closely by a power loss": with FULL the
// removal of the journal is not durable, and a journal that comes back rolls the commit back.
TEST_F(Crash, SqliteLosesTheLastCommitAtMostWhereTheRemovalOfItsJournalIsNotSynced) {
  NEED_PYTHON("sqlite3");
  const Found found = crash("sqlite delete,full", {200, 1000});
  EXPECT_EQ(found.broken, 0U);
  EXPECT_GT(found.lost, 0U) << "the name that comes back was not caught";
  EXPECT_EQ(found.most_lost, 1U);
}

TEST_F(Crash, SqliteLosesCommitsAndStaysWholeWhereItsLogIsSyncedNowAndThen) {
  NEED_PYTHON("sqlite3");
  const Found found = crash("sqlite wal,normal", {60, 1000});
  EXPECT_EQ(found.broken, 0U);
  EXPECT_GT(found.lost, 0U);
}

TEST_F(Crash, SqliteBreaksWithoutSyncs) {
  NEED_PYTHON("sqlite3");
  EXPECT_GT(crash("sqlite delete,off", {60, 1000}).broken, 0U) << "SQLite without syncs was not caught";
}

// ALICE (OSDI'14): LevelDB does not sync the directory of a new log.
TEST_F(Crash, LevelDbLosesSyncedWritesWithTheNameOfItsLog) {
  NEED_PYTHON("plyvel");
  EXPECT_GT(crash("leveldb sync", {100, 1000}).lost, 0U);
}

TEST_F(Crash, LevelDbLosesNothingWhereTheFileSystemKeepsNames) {
  NEED_PYTHON("plyvel");
  const Found found = crash("leveldb sync", {60, 150}, kNamesKept);
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost, 0U);
}

TEST_F(Crash, LmdbLosesNothing) {
  NEED_PYTHON("lmdb");
  const Found found = crash("lmdb sync", {100, 1000});
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost, 0U);
}

TEST_F(Crash, LmdbBreaksWithoutSyncs) {
  NEED_PYTHON("lmdb");
  EXPECT_GT(crash("lmdb nosync", {60, 200}).broken, 0U);
}

TEST_F(Crash, GitBreaksWithItsUsualSettings) {
  if (!works("git --version")) GTEST_SKIP() << "git is not installed";
  EXPECT_GT(crash("git default", {8, 100}).broken, 0U);
}

TEST_F(Crash, RedisLosesNothingThatItSyncedBeforeItAnswered) {
  if (!works("redis-server --version")) GTEST_SKIP() << "redis-server is not installed";
  const Found found = crash("redis always", {30, 300});
  EXPECT_EQ(found.broken, 0U) << "its own tool could not mend it";
  EXPECT_EQ(found.lost, 0U);
}

TEST_F(Crash, RedisLosesTheLastSecondWhereItSyncsEverySecond) {
  if (!works("redis-server --version")) GTEST_SKIP() << "redis-server is not installed";
  EXPECT_GT(crash("redis everysec", {20, 200}).lost, 0U);
}

}  // namespace
}  // namespace holdfast::faultfs
