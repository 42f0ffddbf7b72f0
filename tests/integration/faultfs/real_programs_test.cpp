// Real programs on a mount with no rule armed must not notice it. Each test skips, with its reason, where
// its program is absent; what takes minutes runs with HOLDFAST_CAMPAIGN=1, as ./test --long does.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

const std::string kHere = HOLDFAST_SOURCE_DIR "/tests/integration/faultfs/";

bool campaign() { return std::getenv("HOLDFAST_CAMPAIGN") != nullptr; }

class RealPrograms : public MountTest {
 protected:
  // Runs a command in the mount; its exit code, and what it said in told_.
  int shell(const std::string& command) {
    const std::string output = backing() + "-output";
    const int status =
        std::system(fmt::format("cd '{}' && {{ {}; }} > '{}' 2>&1", mountpoint(), command, output).c_str());
    told_ = content_of(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void keep_rows_in_every_journal_mode(int rounds) {
    EXPECT_EQ(shell(fmt::format("/usr/bin/python3 {}sqlite_modes.py . {}", kHere, rounds)), 0) << told_;
  }

  std::string told_;
};

bool works(const std::string& command) {
  return std::system(("{ " + command + "; } > /dev/null 2>&1").c_str()) == 0;
}

#define NEED(what, command) \
  if (!works(command)) GTEST_SKIP() << what << " is not installed"
#define NEED_SQLITE() NEED("Python with SQLite", "/usr/bin/python3 -c 'import sqlite3'")
#define ONLY_IN_A_CAMPAIGN() \
  if (!campaign()) GTEST_SKIP() << "takes minutes; ./test --long runs it"

TEST_F(RealPrograms, GitClonesPacksAndFindsNoFault) {
  NEED("git", "git --version");
  mount();
  EXPECT_EQ(shell(fmt::format("{}git_clones.sh . {}", kHere, campaign() ? 40 : 3)), 0) << told_;
}

TEST_F(RealPrograms, SqliteKeepsItsRowsInEveryJournalMode) {
  NEED_SQLITE();
  mount();
  keep_rows_in_every_journal_mode(campaign() ? 200 : 10);
}

TEST_F(RealPrograms, SqliteKeepsItsRowsOverAPageCache) {
  NEED_SQLITE();
  mount({"--page-cache"});
  keep_rows_in_every_journal_mode(campaign() ? 200 : 10);
}

// Its regression tests too where HOLDFAST_POSTGRES_REGRESS names src/test/regress, built, of the same
// release.
TEST_F(RealPrograms, PostgresRecoversAndFindsItsDataWhole) {
  ONLY_IN_A_CAMPAIGN();
  NEED("PostgreSQL", "ls /usr/lib/postgresql/*/bin/pgbench /usr/lib/postgresql/*/bin/pg_amcheck");
  if (::geteuid() == 0) NEED("the user postgres, since PostgreSQL serves no root", "id postgres");
  mount();
  for (const auto& way : {mountpoint(), backing()}) ASSERT_EQ(::chmod(way.c_str(), 0755), 0);
  std::filesystem::permissions(std::filesystem::path(mountpoint()).parent_path(),
                               std::filesystem::perms(0755));
  const char* regress = std::getenv("HOLDFAST_POSTGRES_REGRESS");
  EXPECT_EQ(shell(fmt::format("{}postgres.sh . 500 {}", kHere, regress != nullptr ? regress : "")), 0)
      << told_;
}

std::string fio(const std::string& engine) {
  return "fio --name=verify --rw=randrw --bsrange=512-64k --size=32M --numjobs=2 --group_reporting "
         "--verify=crc32c --verify_fatal=1 --do_verify=1 --randseed=7 --ioengine=" +
         engine;
}

TEST_F(RealPrograms, FioReadsBackWhatItWrote) {
  ONLY_IN_A_CAMPAIGN();
  NEED("fio", "fio --version");
  mount();
  for (const char* engine : {"psync", "mmap", "libaio --direct=1", "sync --fsync=8", "pvsync2 --sync=dsync"})
    EXPECT_EQ(shell(fio(engine)), 0) << engine << "\n" << told_;
  arm(R"({"name": "c", "effect": {"corrupt": {"on": "read", "with": "bit_flips"}}})");
  EXPECT_NE(shell(fio("psync")), 0) << "it reads nothing back";
}

TEST_F(RealPrograms, StressNgFindsNothingToComplainOf) {
  ONLY_IN_A_CAMPAIGN();
  NEED("stress-ng", "stress-ng --version");
  mount();
  for (const char* stressor :
       {"access",  "chmod",     "chown",     "copy-file", "dentry",   "dir",    "dirdeep", "dirmany",
        "dup",     "fallocate", "fcntl",     "fifo",      "filename", "flock",  "fpunch",  "fstat",
        "getdent", "hdd",       "iomix",     "link",      "locka",    "lockf",  "lockofd", "mknod",
        "mmap",    "msync",     "open",      "readahead", "rename",   "revio",  "seek",    "sendfile",
        "splice",  "symlink",   "sync-file", "touch",     "utime",    "verity", "xattr"}) {
    EXPECT_EQ(shell(fmt::format("stress-ng --temp-path . --verify --oomable --timeout 3 --{} 2 --{}-ops 2000",
                                stressor, stressor)),
              0)
        << stressor << "\n"
        << told_;
  }
}

}  // namespace
}  // namespace holdfast::faultfs
