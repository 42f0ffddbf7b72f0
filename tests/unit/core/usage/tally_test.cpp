#include "core/usage/tally.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "core/base/random.h"

namespace holdfast::usage {
namespace {

using Key = std::tuple<Day, bool, std::string>;

std::map<Key, Sums> drained(Tally& tally) {
  std::map<Key, Sums> sums;
  tally.drain([&](const Tally::Entry& entry) {
    EXPECT_TRUE(
        sums.emplace(Key{entry.day, entry.priced, std::string(as_text(entry.key))}, entry.sums).second)
        << "a key comes once";
  });
  return sums;
}

Tally::Use use(std::string_view key, Day day = 1, std::uint64_t cost = 0) {
  return {.day = day,
          .priced = cost > 0,
          .key = as_bytes(key),
          .input_tokens = 3,
          .output_tokens = 2,
          .latency_us = 1,
          .cost_nanousd = cost};
}

TEST(Tally, CountsByDayKeyAndWhetherACostCameAlong) {
  Tally tally(10, 7);
  EXPECT_TRUE(tally.empty());
  tally.add(use("gpt"));
  tally.add(use("gpt"));
  tally.add(use("gpt", 2));
  tally.add(use("gpt", 1, 100));
  tally.add(use("gpt4"));
  const auto sums = drained(tally);
  EXPECT_EQ(sums.size(), 4U);
  EXPECT_EQ(sums.at({1, false, "gpt"}),
            (Sums{.records = 2, .input_tokens = 6, .output_tokens = 4, .latency_us = 2}));
  EXPECT_EQ(sums.at({1, true, "gpt"}).cost_nanousd, 100U);
  EXPECT_TRUE(tally.empty());
  EXPECT_TRUE(drained(tally).empty());
}

TEST(Tally, KeysBeyondTheBoundAreCountedTogetherByDay) {
  Tally tally(5, 7);
  for (int i = 0; i < 1000; ++i) tally.add(use("key" + std::to_string(i % 20), i % 2));
  std::uint64_t records = 0;
  std::size_t keyless = 0;
  for (const auto& [key, sums] : drained(tally)) {
    records += sums.records;
    keyless += std::get<2>(key).empty() ? 1U : 0U;
  }
  EXPECT_EQ(records, 1000U);
  EXPECT_EQ(keyless, 2U) << "one for each day";
}

// Against a plain map: keys of every length, so that every tail of the hash is met, and similar ones.
TEST(Tally, AgreesWithAMap) {
  RandomStream random(11);
  for (const std::uint64_t seed : {0ULL, 1ULL, 0xdeadbeefULL}) {
    Tally tally(20'000, seed);
    std::map<Key, Sums> expected;
    for (int i = 0; i < 20'000; ++i) {
      std::string key(1 + random.below(Tally::kMaxKeyBytes), 'a');
      const std::size_t at = random.below(key.size());
      key[at] = static_cast<char>('a' + random.below(8));
      const auto day = static_cast<Day>(random.below(2));
      const std::uint64_t cost = random.below(2) * 50;
      tally.add(use(key, day, cost));
      Sums& sums = expected[{day, cost > 0, key}];
      sums +=
          Sums{.records = 1, .input_tokens = 3, .output_tokens = 2, .latency_us = 1, .cost_nanousd = cost};
    }
    EXPECT_TRUE(drained(tally) == expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::usage
