#include "faultfs/trial/smallest_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

using testing::ElementsAre;

bool has_all(const Chosen& chosen, const Chosen& needed) { return std::ranges::includes(chosen, needed); }

TEST(SmallestPart, IsWhatIsNeededAndNoMore) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::size_t count = 1 + mix64(seed) % 60;
    Chosen needed;
    for (std::size_t i = 0; i < count; ++i)
      if (mix64(seed * 1000 + i) % 8 == 0) needed.push_back(i);
    if (needed.empty()) needed.push_back(count - 1);
    EXPECT_EQ(smallest_part(count, [&](const Chosen& chosen) { return has_all(chosen, needed); }), needed)
        << "seed " << seed;
  }
}

TEST(SmallestPart, LacksNothingThatCouldStillGoWhereEitherOfTwoIsEnough) {
  const auto fails = [](const Chosen& chosen) { return has_all(chosen, {3}) || has_all(chosen, {5, 8}); };
  const Chosen part = smallest_part(10, fails);
  EXPECT_TRUE(fails(part));
  for (std::size_t i = 0; i < part.size(); ++i) {
    Chosen fewer = part;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(fails(fewer)) << i;
  }
}

TEST(SmallestPart, AsksFewQuestionsAboutOneInAThousand) {
  int questions = 0;
  const auto part = smallest_part(1000, [&](const Chosen& chosen) {
    ++questions;
    return has_all(chosen, {617});
  });
  EXPECT_THAT(part, ElementsAre(617));
  EXPECT_LE(questions, 25);
}

TEST(SmallestPart, OfOneIsThatOne) {
  EXPECT_THAT(smallest_part(1, [](const Chosen&) { return true; }), ElementsAre(0));
}

}  // namespace
}  // namespace holdfast::faultfs
