#include "faultfs/model/old_contents.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::faultfs {
namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

// What a read of `now` at `offset` gives.
std::string read(const OldContents& old, std::uint64_t inode, std::uint64_t offset, const std::string& now) {
  auto bytes = bytes_of(now);
  apply_old(old.before(inode, offset, now.size()), offset, bytes);
  std::string text;
  for (const auto byte : bytes) text += static_cast<char>(byte);
  return text;
}

TEST(OldContents, GiveOfEachPlaceWhatWasThereBeforeTheLastWrite) {
  OldContents old;
  old.keep(1, 2, bytes_of("cdef"));  // "abcdefgh" became "ab1234gh"
  old.keep(1, 4, bytes_of("34g"));   // and then "ab12XYZh"
  EXPECT_EQ(read(old, 1, 0, "ab12XYZh"), "abcd34gh");
  EXPECT_EQ(read(old, 1, 5, "YZ"), "4g");
  EXPECT_EQ(read(old, 2, 0, "ab12XYZh"), "ab12XYZh");
  EXPECT_TRUE(old.knows(1, 0, 3));
  EXPECT_FALSE(old.knows(1, 0, 2));
  EXPECT_FALSE(old.knows(1, 7, 100));
}

TEST(OldContents, ForgetTheOldestFirstAndFilesThatAreGone) {
  OldContents old;
  const std::vector<std::byte> half(OldContents::kMostBytes / 2);
  for (std::uint64_t inode = 1; inode <= 3; ++inode) old.keep(inode, 0, half);
  EXPECT_FALSE(old.knows(1, 0, 1));
  EXPECT_TRUE(old.knows(2, 0, 1));
  old.forget(2);
  EXPECT_FALSE(old.knows(2, 0, 1));
  old.keep(4, 0, half);
  EXPECT_TRUE(old.knows(3, 0, 1)) << "what was forgotten takes no room";
  for (std::size_t i = 0; i < OldContents::kMostWrites; ++i) old.keep(5, i, bytes_of("x"));
  EXPECT_FALSE(old.knows(4, 0, 1));
}

}  // namespace
}  // namespace holdfast::faultfs
