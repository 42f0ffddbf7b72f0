#include "faultfs/model/damage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

namespace holdfast::faultfs {
namespace {

std::vector<std::byte> filled(std::size_t size, unsigned char with = 0x5a) {
  return std::vector<std::byte>(size, std::byte{with});
}

std::size_t changed(const std::vector<std::byte>& bytes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(bytes, [](std::byte b) { return b != std::byte{0x5a}; }));
}

TEST(Damage, AFlippedBitIsOneBitOfOneByte) {
  const CorruptEffect effect{.kind = CorruptKind::bit_flips, .count = 1};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto damage = draw_damage(effect, seed, 1000, 64);
    ASSERT_EQ(damage.size(), 1U);
    EXPECT_GE(damage[0].offset, 1000U);
    EXPECT_LT(damage[0].offset, 1064U);
    auto bytes = filled(64);
    apply_damage(damage, 1000, bytes);
    EXPECT_EQ(changed(bytes), 1U);
    const auto byte = bytes[damage[0].offset - 1000] ^ std::byte{0x5a};
    EXPECT_EQ(std::popcount(std::to_integer<unsigned>(byte)), 1);
  }
}

TEST(Damage, RangesStayWithinTheBytesThatAreMoved) {
  for (const auto kind : {CorruptKind::zeros, CorruptKind::random}) {
    const CorruptEffect effect{.kind = kind, .count = 50, .bytes = 512};
    const auto damage = draw_damage(effect, 7, 4096, 1000);
    ASSERT_EQ(damage.size(), 50U);
    for (const auto& hit : damage) {
      EXPECT_GE(hit.offset, 4096U);
      EXPECT_LE(hit.offset + hit.size, 5096U);
      EXPECT_GT(hit.size, 0U);
    }
  }
}

TEST(Damage, EachByteOfARandomRangeChanges) {
  const Damage hit{CorruptKind::random, 10, 100, 99};
  auto bytes = filled(200);
  apply_damage({&hit, 1}, 0, bytes);
  EXPECT_EQ(changed(bytes), 100U);
  EXPECT_EQ(bytes[9], std::byte{0x5a});
  EXPECT_EQ(bytes[110], std::byte{0x5a});
}

TEST(Damage, BytesReadInPiecesAreDamagedAsInOne) {
  const Damage hit{CorruptKind::random, 10, 100, 99};
  auto whole = filled(200);
  apply_damage({&hit, 1}, 0, whole);
  auto first = filled(50), second = filled(150);
  apply_damage({&hit, 1}, 0, first);
  apply_damage({&hit, 1}, 50, second);
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_EQ(first, whole);
}

TEST(Damage, IsTheSameForTheSameSeedAndNoneWhereThereIsNoByte) {
  const CorruptEffect effect{.kind = CorruptKind::zeros, .count = 3, .bytes = 16};
  EXPECT_EQ(draw_damage(effect, 5, 0, 1000), draw_damage(effect, 5, 0, 1000));
  EXPECT_NE(draw_damage(effect, 5, 0, 1000), draw_damage(effect, 6, 0, 1000));
  EXPECT_TRUE(draw_damage(effect, 5, 0, 0).empty());
}

}  // namespace
}  // namespace holdfast::faultfs
