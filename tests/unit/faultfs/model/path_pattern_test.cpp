#include "faultfs/model/path_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  const auto compiled = PathPattern::compile(pattern);
  EXPECT_TRUE(compiled) << compiled.error().message;
  return compiled && compiled->matches(path);
}

TEST(PathPattern, MeansTheWholePath) {
  EXPECT_TRUE(matches("spool/[0-9]+\\.(seg|tmp)", "spool/17.seg"));
  EXPECT_TRUE(matches("spool/[0-9]+\\.(seg|tmp)", "spool/0.tmp"));
  EXPECT_FALSE(matches("spool/[0-9]+\\.(seg|tmp)", "spool/.seg"));
  EXPECT_FALSE(matches("spool/[0-9]+\\.(seg|tmp)", "spool/17.segment"));
  EXPECT_FALSE(matches("spool/[0-9]+\\.(seg|tmp)", "a/spool/17.seg"));
  EXPECT_FALSE(matches("spool/[0-9]+\\.(seg|tmp)", "spool/17xseg"));
  EXPECT_TRUE(matches("[^/]*-wal?", "x.db-wa"));
  EXPECT_TRUE(matches("(a|b*)", ""));
  EXPECT_TRUE(matches("\\w+\\d[]-]", "ab1]"));
  EXPECT_TRUE(matches(".*", "\xff/\n"));
}

TEST(PathPattern, WhatItDoesNotKnowIsRefusedWithItsPlace) {
  const auto error = [](std::string_view pattern) {
    const auto compiled = PathPattern::compile(pattern);
    return compiled ? std::string() : compiled.error().message;
  };
  EXPECT_THAT(error("^a"), testing::StartsWith("at character 1: a pattern is held against the whole path"));
  EXPECT_THAT(error("ab{2}"), testing::StartsWith("at character 3: counted repetition"));
  EXPECT_THAT(error("a|*"), testing::StartsWith("at character 3: there is nothing to repeat"));
  EXPECT_THAT(error("a)"), testing::StartsWith("at character 2: a ) closes nothing"));
  EXPECT_THAT(error("(a\\"), testing::HasSubstr("escapes nothing"));
  EXPECT_THAT(error("\\b"), testing::HasSubstr("unknown escape"));
  EXPECT_THAT(error("[a"), testing::HasSubstr("a [ is not closed"));
  EXPECT_THAT(error("[z-a]"), testing::HasSubstr("runs backwards"));
  EXPECT_THAT(error(""), testing::HasSubstr("1 to 250"));
  EXPECT_THAT(error(std::string(251, 'a')), testing::HasSubstr("found 251"));
}

// The pattern on which a matcher that goes back takes for ever.
TEST(PathPattern, TakesTimeInProportionToThePathWhateverThePattern) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "(a*)*";
  EXPECT_FALSE(matches(pattern, std::string(4000, 'a') + "b"));
  EXPECT_TRUE(matches(std::string(250, '.'), std::string(250, 'x')));
}

std::string random_pattern(RandomStream& random, int depth) {
  const std::uint64_t kind = random.below(depth == 0 ? 3 : 8);
  switch (kind) {
    case 0: return "a";
    case 1: return "b";
    case 2: return "[^a]";
    case 3: return random_pattern(random, depth - 1) + "*";
    case 4: return "(" + random_pattern(random, depth - 1) + ")?";
    case 5: return "(" + random_pattern(random, depth - 1) + ")+";
    case 6: return "(" + random_pattern(random, depth - 1) + "|" + random_pattern(random, depth - 1) + ")";
    default: return random_pattern(random, depth - 1) + random_pattern(random, depth - 1);
  }
}

TEST(PathPattern, AgreesWithTheStandardLibrary) {
  RandomStream random(11);
  int matched = 0;
  for (int round = 0; round < 150; ++round) {
    const std::string pattern = random_pattern(random, 3);
    // The standard library refuses x**.
    if (pattern.find("**") != std::string::npos || pattern.size() > PathPattern::kLongest) continue;
    const std::regex standard(pattern);
    const auto compiled = PathPattern::compile(pattern);
    ASSERT_TRUE(compiled) << pattern;
    for (int i = 0; i < 30; ++i) {
      std::string path;
      for (auto length = random.below(5); length > 0; --length) path += random.below(2) == 0 ? 'a' : 'b';
      EXPECT_EQ(compiled->matches(path), std::regex_match(path, standard)) << pattern << " on " << path;
      matched += compiled->matches(path) ? 1 : 0;
    }
  }
  EXPECT_GT(matched, 300);
}

}  // namespace
}  // namespace holdfast::faultfs
