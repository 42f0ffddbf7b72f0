#include "core/spool/seen_records.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/random.h"

namespace holdfast::spool {
namespace {

TEST(SeenRecords, ARecordIsNewOnceInEachEpoch) {
  SeenRecords seen;
  EXPECT_TRUE(seen.insert(1, 7));
  EXPECT_FALSE(seen.insert(1, 7));
  EXPECT_TRUE(seen.insert(2, 7));
  EXPECT_FALSE(seen.insert(1, 7)) << "also after another epoch";
}

TEST(SeenRecords, IntervalsJoinFromBothSides) {
  SeenRecords seen;
  for (const std::uint64_t sequence : {1, 2, 3, 7, 5, 6, 4}) EXPECT_TRUE(seen.insert(1, sequence));
  for (std::uint64_t sequence = 1; sequence <= 7; ++sequence) EXPECT_FALSE(seen.insert(1, sequence));
  EXPECT_TRUE(seen.insert(1, 8));
  EXPECT_TRUE(seen.insert(1, 0));
}

TEST(SeenRecords, ARunIsTakenWholeOrNotAtAll) {
  SeenRecords seen;
  EXPECT_TRUE(seen.insert(1, 10, 5));
  EXPECT_FALSE(seen.insert(1, 14, 3)) << "14 was there";
  EXPECT_FALSE(seen.insert(1, 8, 3)) << "10 was there";
  EXPECT_FALSE(seen.insert(1, 5, 20)) << "all were";
  EXPECT_TRUE(seen.insert(1, 15, 3)) << "and nothing had been changed";
  EXPECT_TRUE(seen.insert(1, 7, 3));
  EXPECT_FALSE(seen.insert(1, 7));
  EXPECT_FALSE(seen.insert(1, 17));
}

// Against the obvious way to do it.
TEST(SeenRecords, AgreesWithASetOfAllInAnyOrder) {
  RandomStream draws = Random(1).stream("test");
  SeenRecords seen;
  std::set<std::pair<std::uint64_t, std::uint64_t>> all;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t epoch = draws.below(3);
    const std::uint64_t sequence = draws.below(3000);
    EXPECT_EQ(seen.insert(epoch, sequence), all.insert({epoch, sequence}).second) << i;
  }
}

}  // namespace
}  // namespace holdfast::spool
