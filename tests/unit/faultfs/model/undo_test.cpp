#include "faultfs/model/undo.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kInode = 7;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

// The file after everything that is due was put back.
std::string restored(Undo& undo, std::string_view file) {
  auto bytes = bytes_of(file);
  for (const auto& place : undo.take_due(kInode)) put_back(place, 0, bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class UndoTest : public testing::Test {
 protected:
  void damage(std::uint64_t offset, std::string_view before, std::string_view after, bool heals = true) {
    undo_.keep(kInode, offset, bytes_of(before), bytes_of(after), heals);
  }
  std::string heal(std::string_view file) {
    undo_.make_due(Undo::Which::healing);
    return restored(undo_, file);
  }
  Undo undo_;
};

TEST_F(UndoTest, PutsBackWhatDiffered) {
  damage(2, "abcdef", "aXcdYZ");
  EXPECT_EQ(undo_.places(), 2U);
  EXPECT_EQ(heal("..aXcdYZ.."), "..abcdef..");
  EXPECT_EQ(undo_.places(), 0U);
}

TEST_F(UndoTest, LeavesWhatTheProgramHasWrittenOver) {
  damage(0, "abcdef", "000000");
  undo_.overwritten(kInode, 2, 2);
  EXPECT_EQ(heal("000000"), "ab00ef") << "even where it wrote what was there";
}

TEST_F(UndoTest, LeavesWhatIsOtherwiseThanTheDamageLeftIt) {
  damage(0, "abc", "000");
  EXPECT_EQ(heal("0x0"), "axc") << "changed behind the mount's back";
}

TEST_F(UndoTest, OfDamageUponDamageTheFirstIsUndoneLast) {
  damage(0, "abc", "xxx");
  damage(1, "x", "y");
  EXPECT_EQ(heal("xyx"), "abc");
}

TEST_F(UndoTest, WhatIsCutOffOrGoneIsForgotten) {
  damage(0, "abcdef", "000000");
  undo_.cut(kInode, 3);
  EXPECT_EQ(heal("000000"), "abc000");
  damage(0, "abc", "000");
  undo_.forget(kInode);
  EXPECT_EQ(undo_.places(), 0U);
}

TEST_F(UndoTest, HealingLeavesWhatIsThereToStay) {
  damage(0, "a", "x", false);
  EXPECT_EQ(heal("x"), "x");
  undo_.make_due(Undo::Which::all);
  EXPECT_TRUE(undo_.any_due());
  EXPECT_EQ(restored(undo_, "x"), "a");
}

TEST_F(UndoTest, IsBoundedByForgettingTheOldest) {
  const std::string before(Undo::kMostBytes / 2, 'a'), after(Undo::kMostBytes / 2, 'b');
  for (int i = 0; i < 3; ++i) damage(static_cast<std::uint64_t>(i) * before.size(), before, after);
  EXPECT_EQ(undo_.places(), 2U);
  undo_.overwritten(kInode, before.size(), 1);
  undo_.overwritten(kInode, 2 * before.size() - 1, 1);
  EXPECT_EQ(undo_.places(), 2U) << "what is written over counts no more";
  damage(0, "aa", "bb");
  EXPECT_EQ(undo_.places(), 3U);
}

TEST_F(UndoTest, ManySmallPlacesAreBoundedTooAndSoAreThePartsOfOne) {
  const std::string before(2 * Undo::kMostPlaces, 'a');
  std::string after = before;
  for (std::size_t at = 0; at < after.size(); at += 2) after[at] = 'b';
  damage(0, before, after);
  EXPECT_EQ(undo_.places(), Undo::kMostPlaces);
  damage(before.size(), "aaa", "bbb");
  EXPECT_EQ(undo_.places(), Undo::kMostPlaces);
  undo_.overwritten(kInode, before.size() + 1, 1);
  EXPECT_EQ(undo_.places(), Undo::kMostPlaces) << "of one place two are left";
}

}  // namespace
}  // namespace holdfast::faultfs
