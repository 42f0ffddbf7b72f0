#include "faultfs/model/fault_plan.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast::faultfs {
namespace {

TEST(Glob, StarStaysWithinAName) {
  EXPECT_TRUE(glob_matches("*.seg", "1.seg"));
  EXPECT_FALSE(glob_matches("*.seg", "spool/1.seg"));
  EXPECT_TRUE(glob_matches("spool/*", "spool/1.seg"));
  EXPECT_FALSE(glob_matches("spool/*", "spool/old/1.seg"));
  EXPECT_TRUE(glob_matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(glob_matches("a*b*c", "aXbYbZ"));
  EXPECT_TRUE(glob_matches("spool/?.seg", "spool/1.seg"));
  EXPECT_FALSE(glob_matches("spool/?.seg", "spool/12.seg"));
}

TEST(Glob, TwoStarsCrossNames) {
  EXPECT_TRUE(glob_matches("**", ""));
  EXPECT_TRUE(glob_matches("**", "a/b/c"));
  EXPECT_TRUE(glob_matches("spool/**", "spool/old/1.seg"));
  EXPECT_TRUE(glob_matches("spool/**", "spool"));
  EXPECT_FALSE(glob_matches("spool/**", "spool2/1.seg"));
  EXPECT_TRUE(glob_matches("**/*.seg", "1.seg"));
  EXPECT_TRUE(glob_matches("**/*.seg", "a/b/1.seg"));
  EXPECT_TRUE(glob_matches("a/**/b/**/c", "a/x/b/b/y/c"));
  EXPECT_FALSE(glob_matches("a/**/b/**/c", "a/x/y/c"));
}

TEST(Glob, APlainPathMatchesItselfOnly) {
  EXPECT_TRUE(glob_matches("spool/1.seg", "spool/1.seg"));
  EXPECT_FALSE(glob_matches("spool/1.seg", "spool/1.seg2"));
  EXPECT_FALSE(glob_matches("spool", "spool/1.seg"));
  EXPECT_FALSE(glob_matches("spool/1.seg", "spool"));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_FALSE(glob_matches("", "a"));
}

TEST(Errno, NamesReadBackAndEnosysIsNeverInjected) {
  EXPECT_EQ(errno_from("ENOSPC"), ENOSPC);
  EXPECT_EQ(errno_from("EIO"), EIO);
  EXPECT_EQ(errno_name(EDQUOT), "EDQUOT");
  EXPECT_EQ(errno_from("ENOSYS"), std::nullopt);
  EXPECT_EQ(errno_from("EWHAT"), std::nullopt);
  EXPECT_EQ(errno_from(""), std::nullopt);
}

}  // namespace
}  // namespace holdfast::faultfs
