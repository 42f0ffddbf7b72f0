// SQLite keeps over power cuts what its manual promises for each setting, and no more. 200 cuts of each, or
// 1,000 with HOLDFAST_CAMPAIGN=1, as ./test --long does.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

struct Found {
  std::uint64_t broken = 0;        // cuts after which the database was damaged
  std::uint64_t lost_commits = 0;  // cuts after which answered commits were missing
  std::uint64_t most_lost = 0;     // commits, at one cut
};

class SqlitePowerCuts : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (std::system("/usr/bin/python3 -c 'import sqlite3' 2> /dev/null") != 0)
      GTEST_SKIP() << "Python with SQLite is not installed";
  }

  Found cut(const std::string& journal_mode, const std::string& synchronous) {
    mount({"--power-cut"});
    const int cuts = std::getenv("HOLDFAST_CAMPAIGN") != nullptr ? 1000 : 200;
    const std::string output = backing() + "-output";
    const int status = std::system(
        fmt::format("/usr/bin/python3 {}/tests/integration/faultfs/sqlite_power_cuts.py '{}' '{}' {} {} {} > "
                    "'{}' 2>&1",
                    HOLDFAST_SOURCE_DIR, mountpoint(), socket(), journal_mode, synchronous, cuts, output)
            .c_str());
    const std::string told = content_of(output);
    EXPECT_EQ(status, 0) << told;
    const auto found = nlohmann::json::parse(told, nullptr, false);
    if (found.is_discarded()) return {};
    std::cout << journal_mode << ", synchronous " << synchronous << ": " << told;
    EXPECT_EQ(found.at("cuts"), cuts);
    return {found.at("broken"), found.at("lost_commits"), found.at("most_lost")};
  }
};

TEST_F(SqlitePowerCuts, ALogThatIsFullySyncedLosesNothing) {
  const Found found = cut("wal", "full");
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost_commits, 0U);
}

TEST_F(SqlitePowerCuts, ARollbackJournalWhoseRemovalIsSyncedLosesNothing) {
  const Found found = cut("delete", "extra");
  EXPECT_EQ(found.broken, 0U);
  EXPECT_EQ(found.lost_commits, 0U);
}

// "EXTRA provides additional durability if the commit is followed closely by a power loss": with FULL the
// removal of the journal is not durable, and a journal that comes back rolls the commit back.
TEST_F(SqlitePowerCuts, ARollbackJournalWhoseRemovalIsNotSyncedLosesTheLastCommitAtMost) {
  const Found found = cut("delete", "full");
  EXPECT_EQ(found.broken, 0U);
  EXPECT_GT(found.lost_commits, 0U) << "the name that comes back was not caught";
  EXPECT_EQ(found.most_lost, 1U);
}

TEST_F(SqlitePowerCuts, ALogThatIsSyncedNowAndThenLosesCommitsAndStaysWhole) {
  const Found found = cut("wal", "normal");
  EXPECT_EQ(found.broken, 0U);
  EXPECT_GT(found.lost_commits, 0U);
}

TEST_F(SqlitePowerCuts, WithoutSyncsTheDatabaseBreaks) {
  EXPECT_GT(cut("delete", "off").broken, 0U) << "SQLite without syncs was not caught";
}

}  // namespace
}  // namespace holdfast::faultfs
