// How many bytes of a read or write are moved, and where those of a write land.
#include "faultfs/model/byte_effects.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

TEST(ByteEffects, AShortTransferMovesAtLeastOneByteAndNotAll) {
  EXPECT_EQ(shortened({.bytes = 100}, 4096), 100U);
  EXPECT_EQ(shortened({.bytes = 100}, 100), 99U);
  EXPECT_EQ(shortened({.fraction = 500'000'000}, 4096), 2048U);
  EXPECT_EQ(shortened({.fraction = 1}, 4096), 1U);
  EXPECT_EQ(shortened({.fraction = 999'999'999}, 2), 1U);
  EXPECT_EQ(shortened({.bytes = 100}, 1), 1U) << "one byte cannot be fewer";
  EXPECT_EQ(shortened({.bytes = 100}, 0), 0U);
}

TEST(ByteEffects, ATornPrefixEndsWhereASectorBeginsOrWhereItIsTold) {
  std::set<std::uint64_t> ends;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto pieces = torn_pieces({}, seed, 100, 2000);  // the sectors begin at 512, 1024, 1536, 2048
    ASSERT_LE(pieces.size(), 1U);
    if (!pieces.empty()) {
      EXPECT_EQ(pieces[0].offset, 100U);
    }
    ends.insert(pieces.empty() ? 100 : pieces[0].offset + pieces[0].size);
  }
  EXPECT_EQ(ends, (std::set<std::uint64_t>{100, 512, 1024, 1536, 2048}));
  EXPECT_EQ(torn_pieces({.bytes = 7}, 1, 100, 2000), (std::vector<Piece>{{100, 7, 100}}));
  EXPECT_EQ(torn_pieces({.bytes = 7}, 1, 100, 3), (std::vector<Piece>{{100, 2, 100}})) << "never all of it";
  EXPECT_TRUE(torn_pieces({}, 1, 100, 300).empty()) << "a sector is written wholly or not at all";
}

TEST(ByteEffects, OfChosenSectorsSomeArriveAndSomeDoNot) {
  std::set<std::size_t> counts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto pieces = torn_pieces({.keep = TornKeep::sectors}, seed, 100, 2000);
    std::uint64_t arrived = 0;
    for (const Piece& piece : pieces) {
      EXPECT_TRUE(piece.offset == 100 || piece.offset % kSectorBytes == 0);
      EXPECT_EQ(piece.to, piece.offset);
      arrived += piece.size;
    }
    EXPECT_GT(arrived, 0U);
    EXPECT_LT(arrived, 2000U);
    counts.insert(pieces.size());
  }
  EXPECT_GE(counts.size(), 2U);
  EXPECT_TRUE(torn_pieces({.keep = TornKeep::sectors}, 1, 100, 300).empty());
}

TEST(ByteEffects, AMisdirectedWriteLandsOnAnotherSectorWithinTheFile) {
  std::set<std::uint64_t> places;
  for (std::uint64_t seed = 0; seed < 200; ++seed) places.insert(*other_place(seed, 600, 100, 2048));
  EXPECT_EQ(places, (std::set<std::uint64_t>{88, 1112, 1624}));
  places.clear();
  for (std::uint64_t seed = 0; seed < 200; ++seed) places.insert(*other_place(seed, 2048, 512, 1024));
  EXPECT_EQ(places, (std::set<std::uint64_t>{0, 512})) << "a write that extends the file lands in it";
  EXPECT_FALSE(other_place(1, 0, 512, 512));
  EXPECT_FALSE(other_place(1, 0, 512, 0));
  EXPECT_FALSE(other_place(1, 0, 0, 4096));
}

TEST(ByteEffects, HarmedIsWhatDidNotArriveAndWhereItLandedInstead) {
  using Ranges = std::vector<ByteRange>;
  EXPECT_EQ(harmed_by({}, 10, 20), (Ranges{{10, 20}}));
  EXPECT_EQ(harmed_by({{10, 5, 10}, {20, 5, 20}}, 10, 20), (Ranges{{15, 5}, {25, 5}}));
  EXPECT_EQ(harmed_by({{10, 20, 522}}, 10, 20), (Ranges{{10, 20}, {522, 20}}));
}

}  // namespace
}  // namespace holdfast::faultfs
