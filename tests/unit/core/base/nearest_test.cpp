#include "core/base/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace holdfast {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"name", "when", "effect"};

TEST(Nearest, AMisspeltNameFindsItsNeighbour) {
  EXPECT_EQ(nearest_name("efect", kNames), "effect");
  EXPECT_EQ(nearest_name("nmae", kNames), "name");
  EXPECT_EQ(nearest_name("nam", kNames), "name");
  EXPECT_EQ(nearest_name("wen", kNames), "when");
}

TEST(Nearest, WhatIsFarFromEveryNameFindsNone) {
  EXPECT_EQ(nearest_name("probability", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'e'), kNames), "");
}

TEST(Nearest, TheMessageListsWhatIsAllowed) {
  EXPECT_EQ(allowed_names("efect", kNames),
            R"(; allowed are "name", "when", "effect"; did you mean "effect"?)");
  EXPECT_EQ(allowed_names("zzz", kNames), R"(; allowed are "name", "when", "effect")");
}

}  // namespace
}  // namespace holdfast
