// Classes of files, and what of them a program has exercised.
#include "faultfs/model/coverage.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/coverage_json.h"

namespace holdfast::faultfs {
namespace {

TEST(PathClasses, ARunOfDigitsIsOneSign) {
  const PathClasses classes;
  EXPECT_EQ(classes.of("spool/0017.seg"), "spool/#.seg");
  EXPECT_EQ(classes.of("2026-11/a7b"), "#-#/a#b");
  EXPECT_EQ(classes.of(""), "");
  EXPECT_EQ(classes.of("a#b\\1"), "a\\#b\\\\#");
}

TEST(PathClasses, TheFirstGlobThatMatchesIsTheClass) {
  const PathClasses classes({"wal/**", "**"});
  EXPECT_EQ(classes.of("wal/1/2"), "wal/**");
  EXPECT_EQ(classes.of("other/1"), "**");
}

TEST(PathClasses, ARuleAimedAtAClassMeetsItsPathsAndNoOthers) {
  const PathClasses classes({"tmp.*"});
  for (const std::string path : {"spool/17.seg", "a#b\\1", "tmp.Xy", "plain", "what?/*2", ""}) {
    Trigger when;
    ASSERT_TRUE(classes.aim(when, classes.of(path))) << path;
    EXPECT_TRUE(when.matches_path(path)) << path;
    EXPECT_FALSE(when.matches_path("spool/17.sex")) << path;
    EXPECT_FALSE(when.matches_path("a5b\\1")) << path;
    EXPECT_FALSE(when.matches_path("what1/x2")) << path;
  }
  Trigger when;
  ASSERT_TRUE(classes.aim(when, "spool/#.seg"));
  EXPECT_TRUE(when.matches_path("spool/18.seg"));
  EXPECT_FALSE(when.matches_path("spool/.seg"));
  EXPECT_FALSE(classes.aim(when, std::string(PathPattern::kLongest + 1, '?')));
}

TEST(PathClasses, ARuleAimedAtAPathMeetsItAlone) {
  Trigger when;
  ASSERT_TRUE(aim_at_path(when, "a*b?.c"));
  EXPECT_TRUE(when.matches_path("a*b?.c"));
  EXPECT_FALSE(when.matches_path("axbx.c"));
}

TEST(Coverage, CountsRequestsByClassAndOperationsByPath) {
  Coverage coverage(PathClasses{});
  EXPECT_EQ(coverage.saw(Operation::fsync, "1.seg"), 1U);
  EXPECT_EQ(coverage.saw(Operation::fsync, "1.seg"), 2U);
  EXPECT_EQ(coverage.saw(Operation::fsync, "2.seg"), 1U);
  EXPECT_EQ(coverage.saw(Operation::write, "1.seg"), 1U);
  coverage.injected(Operation::fsync, "2.seg", EIO);
  const auto report = coverage.report();
  ASSERT_EQ(report.points.size(), 2U);
  EXPECT_EQ(report.points[0].operation, Operation::write);
  EXPECT_EQ(report.points[1].file_class, "#.seg");
  EXPECT_EQ(report.points[1].requests, 3U);
  EXPECT_EQ(report.points[1].injected.at(EIO), 1U);
  const auto read = coverage_from_json(to_json(report));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(report));
}

TEST(Coverage, WhatIsBeyondItsBoundsIsCountedAndHasNoOrdinal) {
  Coverage coverage(PathClasses{});
  std::string name = "x";
  for (std::size_t i = 0; i <= Coverage::kMostClasses; ++i) {
    name += 'x';  // each path is a class of its own
    coverage.saw(Operation::read, name);
  }
  EXPECT_EQ(coverage.report().unclassed, 1U);
  for (std::size_t i = coverage.report().points.size() + 1; i < Coverage::kMostPaths; ++i)
    coverage.saw(Operation::read, "n" + std::to_string(i));
  EXPECT_EQ(coverage.saw(Operation::read, "one more"), 0U);
  EXPECT_EQ(coverage.saw(Operation::read, name), 2U) << "known before";
}

}  // namespace
}  // namespace holdfast::faultfs
